import type { FileDiff } from '../parts/diffText';

/** A folder or a file of the tree of what changed. */
export interface TreeRow {
  depth: number;
  /** What is shown: a file's name, or a folder's path from the one above. */
  name: string;
  path: string;
  file: FileDiff | null;
}

/** Files whose path has all these words, case ignored. */
export function filtered(files: readonly FileDiff[], words: string): FileDiff[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return files.filter((file) => wanted.every((word) => file.path.toLowerCase().includes(word)));
}

/** Viewed files come after the others; within both the order stays. */
export const sunken = (files: readonly FileDiff[], isViewed: (file: FileDiff) => boolean): FileDiff[] => [
  ...files.filter((file) => !isViewed(file)),
  ...files.filter(isViewed),
];

/** The rows of the tree: folders before their files, folders with one folder only in one row. Pure. */
export function treeRows(files: readonly FileDiff[]): TreeRow[] {
  interface Folder {
    folders: Map<string, Folder>;
    files: FileDiff[];
  }
  const root: Folder = { folders: new Map(), files: [] };
  for (const file of files) {
    let at = root;
    for (const part of file.path.split('/').slice(0, -1)) {
      if (!at.folders.has(part)) at.folders.set(part, { folders: new Map(), files: [] });
      at = at.folders.get(part)!;
    }
    at.files.push(file);
  }
  const rows: TreeRow[] = [];
  const walk = (folder: Folder, depth: number, above: string): void => {
    for (const [name, inside] of folder.folders) {
      let [shown, next] = [name, inside];
      while (next.files.length === 0 && next.folders.size === 1) {
        const [only, deeper] = [...next.folders][0]!;
        [shown, next] = [`${shown}/${only}`, deeper];
      }
      rows.push({ depth, name: shown, path: `${above}${shown}/`, file: null });
      walk(next, depth + 1, `${above}${shown}/`);
    }
    for (const file of folder.files) rows.push({ depth, name: file.path.slice(file.path.lastIndexOf('/') + 1), path: file.path, file });
  };
  walk(root, 0, '');
  return rows;
}
