import { tell } from '../app/toasts';

/** Puts a text on the clipboard and says so; where the browser does not let it, that. */
export const copy = (text: string, said = 'Copied.'): void =>
  void navigator.clipboard.writeText(text).then(
    () => tell(said),
    () => tell('The browser does not let this page use the clipboard: select it and copy it yourself.', { tone: 'bad' }),
  );
