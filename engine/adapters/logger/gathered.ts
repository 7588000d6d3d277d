import process from 'node:process';

/** Milliseconds: nobody who reads along notices them, and a busy log writes a hundred lines at the price of one. */
const MOMENT = 50;

/** Takes text, and passes what came within a moment on at once; what is left when the process ends, then. */
export function gathered(write: (text: string) => void): (text: string) => void {
  let waiting = '';
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  };
  process.on('exit', flush);
  return (text) => {
    if (waiting === '') setTimeout(flush, MOMENT).unref();
    waiting += text;
  };
}
