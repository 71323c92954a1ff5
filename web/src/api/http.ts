/** The daemon's refusal, as application/problem+json says it (RFC 9457 with code, hint and, on 409, allowed). */
export interface ProblemBody {
  status: number;
  code: string;
  title: string;
  detail: string;
  hint?: string | null;
  retryable?: boolean;
  allowed?: string[];
}

/** What a call fails with: a refusal of the daemon, or no answer at all (code `unreachable`). */
export class Problem extends Error {
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail || body.title);
    this.name = 'Problem';
    this.body = body;
  }

  get code(): string {
    return this.body.code;
  }

  /** One line for people: what is wrong and what to do. */
  get line(): string {
    return this.body.hint ? `${this.message} ${this.body.hint}` : this.message;
  }
}

/** What went wrong, in one line, whatever was thrown. */
export function wordsOf(error: unknown): string {
  if (error instanceof Problem) return error.line;
  return error instanceof Error ? error.message : String(error);
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    return new Problem({ title: response.statusText, ...(JSON.parse(text) as Omit<ProblemBody, 'title'>), status: response.status });
  } catch {
    return new Problem({ status: response.status, code: 'internal', title: response.statusText, detail: text.slice(0, 300) });
  }
}

async function ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({
      status: 0,
      code: 'unreachable',
      title: 'No answer',
      detail: 'The daemon does not answer.',
      hint: 'agentctl daemon start starts it.',
      retryable: true,
    });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

export const getJson = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await (await ask('GET', path, undefined, signal)).json()) as T;

export const getText = async (path: string, signal?: AbortSignal): Promise<string> => (await ask('GET', path, undefined, signal)).text();

/** Raw bytes with their headers: a run's output is read in pieces by X-Next-Offset. */
export const getRaw = (path: string, signal?: AbortSignal): Promise<Response> => ask('GET', path, undefined, signal);

export const send = async <T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown = {}): Promise<T> =>
  (await (await ask(method, path, body)).json()) as T;

/** A path with its query; members that are undefined, null or empty are left out. */
export function withQuery(path: string, query: Record<string, string | number | boolean | null | undefined>): string {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return parts.length === 0 ? path : `${path}?${new URLSearchParams(parts.map(([name, value]) => [name, String(value)])).toString()}`;
}
