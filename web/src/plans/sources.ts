/** What a document is made of: the content of its files, and what it is called. */
export interface Source {
  /** Name of the file or folder, for people. */
  name: string;
  files: Record<string, string>;
}

/** A file as a drop or a file chooser gives it. */
export interface FileLike {
  name: string;
  size: number;
  /** Path below a folder that was chosen (`shop/tasks.md`); empty for a single file. */
  path: string;
  bytes: () => Promise<ArrayBuffer>;
}

/** What the daemon reads: manifests, state files, task texts, the files of a spec. */
const endings = ['.json', '.md', '.txt', '.kiro'];
const mostFiles = 100;
const mostBytes = 9 * 1024 * 1024;

const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');
const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

/** Which of the files are of the document: those of the shallowest folder that has any, as a spec's folder has. Pure. */
export function wanted<T extends { name: string; path: string }>(files: readonly T[]): T[] {
  const known = files.filter((file) => endings.some((ending) => file.name.endsWith(ending)) && !file.path.includes('node_modules/'));
  const depth = (file: T): number => file.path.split('/').length;
  const withTasks = known.find((file) => file.name === 'tasks.md');
  const first = withTasks ?? [...known].sort((a, b) => depth(a) - depth(b))[0];
  return first ? known.filter((file) => folderOf(file.path) === folderOf(first.path)) : [];
}

/** Names as the daemon expects them: a spec is called as its folder, `shop/tasks.md`. Pure. */
export function namesOf(files: readonly { name: string; path: string }[]): string[] {
  return files.map((file) => {
    const folder = nameOf(folderOf(file.path));
    return folder === '' ? file.name : `${folder}/${file.name}`;
  });
}

/** Reads files into a document. What cannot be one is said in words. */
export async function readSource(files: readonly FileLike[]): Promise<Source> {
  const mine = wanted(files);
  if (mine.length === 0) throw new Error(`No file that a plan could be made of: ${endings.join(', ')} are.`);
  if (mine.length > mostFiles) throw new Error(`${mine.length} files are too many: ${mostFiles} at most.`);
  const total = mine.reduce((sum, file) => sum + file.size, 0);
  if (total > mostBytes) throw new Error(`The files have ${total} bytes together; ${mostBytes} at most.`);
  const names = namesOf(mine);
  const texts = await Promise.all(
    mine.map(async (file) => {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.bytes());
      } catch {
        throw new Error(`${file.name} is not UTF-8. Convert it first, for example with iconv.`);
      }
    }),
  );
  const folder = nameOf(folderOf(mine[0]!.path));
  return {
    name: mine.length === 1 && folder === '' ? mine[0]!.name : folder || mine[0]!.name,
    files: Object.fromEntries(names.map((name, at) => [name, texts[at]!])),
  };
}

const ofFile = (file: File, path: string): FileLike => ({ name: file.name, size: file.size, path, bytes: () => file.arrayBuffer() });

/** Files of a file chooser; of a chosen folder with their paths. */
export const ofChooser = (list: FileList): FileLike[] => [...list].map((file) => ofFile(file, file.webkitRelativePath));

async function ofEntry(entry: FileSystemEntry): Promise<FileLike[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    const path = entry.fullPath.replace(/^\//, '');
    return [ofFile(file, path.includes('/') ? path : '')];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    found.push(...some);
    if (found.length > 5_000) break;
  }
  // The folder itself and one below: a spec's files lie together.
  const inner = found.filter((each) => each.isFile || entry.fullPath.split('/').length < 4);
  return (await Promise.all(inner.map(ofEntry))).flat();
}

/** Files and folders that were dropped. The items are only there during the event: their entries are taken at once. */
export async function ofDrop(data: DataTransfer): Promise<FileLike[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ofFile(file, ''));
  return (await Promise.all(entries.map(ofEntry))).flat();
}

/** `github:owner/repo`, an address of GitHub, or `owner/repo` → owner/repo; null for something else. Pure. */
export function repositoryOf(text: string): string | null {
  const found = /^(?:github:|https?:\/\/github\.com\/)?([\w.-]+\/[\w.-]+?)(?:\.git|\/issues|\/)?$/.exec(text.trim());
  return found ? found[1]! : null;
}
