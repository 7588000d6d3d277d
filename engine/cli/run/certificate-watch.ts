import type { FiledCertificate } from '#adapters/certificates/certificate-files.js';
import type { Issued } from '#adapters/certificates/issue.js';
import type { Logger } from '#adapters/logger/logger.js';
import type { Timer } from '#controller/timer.js';
import type { ErrorCode } from '#errors/codes.js';
import { EdictError, faultsOf } from '#errors/edict-error.js';

/** What watching a certificate needs. */
export interface CertificateWatchOptions {
  readonly read: () => Promise<FiledCertificate>;
  /** Shows it to whoever connects from now on. */
  readonly secure: (certificate: Issued) => void;
  /** Has the API server trust these. */
  readonly register: (authorities: string) => Promise<'absent' | 'unchanged' | 'changed'>;
  /** Of the webhook configuration. */
  readonly configuration: string;
  readonly timer: Timer;
  readonly logger: Logger;
}

/** Milliseconds between looks: files and Secrets are replaced at any time, and by others. */
const PERIOD = 10_000;

/** Looks for a certificate from time to time, and takes it up whenever it is another one. */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  #shown = '';
  #told = '';
  #cancel: () => void = () => undefined;
  #isClosed = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
  }

  /** Begins to look. Ends with the first look. */
  start(): Promise<void> {
    this.#looking = this.#look().finally(() => {
      if (!this.#isClosed) this.#cancel = this.#options.timer.after(PERIOD, () => void this.start());
    });
    return this.#looking;
  }

  /** Ends looking. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#looking;
  }

  async #look(): Promise<void> {
    try {
      const { serving, authorities } = await this.#options.read();
      // Whom to trust is told first: nobody may meet a certificate that is not trusted yet.
      if (authorities !== undefined) await this.#register(authorities);
      this.#show(serving);
    } catch (error) {
      // Another replica was faster: its certificate is found by the next look.
      if (!isRefusal(error, 'ObjectConflict')) this.#warn('the webhook certificate cannot be had', error);
    }
  }

  async #register(authorities: string): Promise<void> {
    const { register, configuration, logger } = this.#options;
    try {
      const registered = await register(authorities);
      if (registered === 'changed') logger.info('the API server was told whom to trust', { configuration });
      this.#tell(registered === 'absent' ? 'absent' : '', () => {
        const remedy = 'Apply what `edict manifests --only webhooks` prints.';
        if (registered === 'absent')
          logger.warn('webhooks are served, and nobody is told to ask them', { configuration, remedy });
      });
    } catch (error) {
      // Who may not tell it leaves that to somebody else.
      if (!isRefusal(error, 'ClusterForbidden')) throw error;
      this.#warn('the API server cannot be told whom to trust', error);
    }
  }

  #warn(message: string, error: unknown): void {
    const [fault] = faultsOf(error);
    this.#tell(`${message} ${fault?.code} ${fault?.message}`, () =>
      this.#options.logger.warn(message, { code: fault?.code, why: fault?.message, remedy: fault?.remedy }),
    );
  }

  #show(serving: Issued): void {
    if (serving.certificate === this.#shown) return;
    this.#options.secure(serving);
    this.#options.logger.info(this.#shown === '' ? 'webhooks are served' : 'the webhook certificate was renewed');
    this.#shown = serving.certificate;
  }

  /** Says each thing once. */
  #tell(what: string, say: () => void): void {
    if (what === this.#told) return;
    this.#told = what;
    say();
  }
}

const isRefusal = (error: unknown, code: ErrorCode): boolean => error instanceof EdictError && error.code === code;
