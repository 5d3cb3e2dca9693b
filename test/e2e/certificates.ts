// Certificates made with openssl when a test runs: nothing in the repository expires.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Pair = { readonly cert: string; readonly key: string };
export type IssueOptions = {
  readonly san?: string;
  readonly rsa?: boolean;
  /** extendedKeyUsage; default: both sides. */
  readonly usage?: string;
  /** keyUsage; default: signatures. */
  readonly keyUsage?: string;
  /** Days from now until it expires; below 0: it has. */
  readonly days?: number;
  readonly subject?: string;
  /** May issue certificates itself. */
  readonly authority?: boolean;
  /** The one DNS name, with any bytes. */
  readonly rawName?: string;
};

const openssl = (args: string[], cwd: string): string =>
  execFileSync('openssl', args, { cwd, encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] });

/** A certificate authority in a folder of its own. Paths of what it issues stay valid until remove(). */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'attache-ca-'));
  readonly ca: string;
  #serial = 1;

  /** Its own certificate is that of a root, or one that `parent` has issued. */
  constructor(name = 'Test CA', parent?: Authority) {
    this.ca = join(this.folder, 'ca.pem');
    this.#write('index.txt', '');
    this.#write('serial', '1000\n');
    this.#write('crlnumber', '01\n');
    this.#write(
      'ca.cnf',
      [
        '[ca]',
        'default_ca = own',
        '[own]',
        `database = ${this.folder}/index.txt`,
        `serial = ${this.folder}/serial`,
        `crlnumber = ${this.folder}/crlnumber`,
        `new_certs_dir = ${this.folder}`,
        `certificate = ${this.ca}`,
        `private_key = ${this.folder}/ca.key`,
        'default_md = sha256',
        'default_crl_days = 30',
        'policy = any',
        'unique_subject = no',
        '[any]',
        'commonName = supplied',
        'organizationName = optional',
      ].join('\n'),
    );
    if (parent !== undefined) {
      const { cert, key } = parent.issue(name, { san: '', authority: true });
      this.#write('ca.pem', pem(cert));
      this.#write('ca.key', pem(key));
      return;
    }
    openssl(
      [
        ...['req', '-x509', ...EC, '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem'],
        ...['-days', '30', '-subj', `/CN=${name}`],
      ],
      this.folder,
    );
  }

  #write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** A certificate for `name` with its key, as files. */
  issue(name: string, options: IssueOptions = {}): Pair {
    const {
      san = `DNS:${name}`,
      rsa = false,
      usage = 'serverAuth,clientAuth',
      keyUsage = 'digitalSignature',
      days = 20,
      subject,
      authority = false,
      rawName,
    } = options;
    const id = `leaf${this.#serial++}`;
    const raw = rawName === undefined ? undefined : Buffer.from(rawName, 'latin1').toString('hex');
    const names = raw ? 'subjectAltName=ASN1:SEQUENCE:names\n' : san === '' ? '' : `subjectAltName=${san}\n`;
    const section = raw ? `[names]\nname=IMPLICIT:2,FORMAT:HEX,OCT:${raw}\n` : '';
    const purpose = authority
      ? 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n'
      : `extendedKeyUsage=${usage}\nkeyUsage=${keyUsage}\n`;
    const extensions = this.#write(`${id}.ext`, `${names}${purpose}${section}`);
    const kind = rsa ? ['-newkey', 'rsa:2048'] : EC;
    const cert = join(this.folder, `${id}.pem`);
    const key = join(this.folder, `${id}.key`);
    const named = subject ?? `/CN=${name}`;
    openssl(['req', ...kind, '-nodes', '-keyout', key, '-out', `${id}.csr`, '-subj', named], this.folder);
    const day = 86_400_000;
    const date = (at: number): string => `${new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
    const from = Date.now() - 40 * day;
    openssl(
      [
        ...['ca', '-batch', '-config', 'ca.cnf', '-in', `${id}.csr`, '-out', cert, '-extfile', extensions],
        ...['-startdate', date(from), '-enddate', date(Date.now() + days * day), '-notext'],
      ],
      this.folder,
    );
    return { cert, key };
  }

  /** A revocation list with these certificates. */
  revoke(...pairs: Pair[]): string {
    for (const { cert } of pairs) openssl(['ca', '-config', 'ca.cnf', '-revoke', cert], this.folder);
    openssl(['ca', '-config', 'ca.cnf', '-gencrl', '-out', 'crl.pem'], this.folder);
    return join(this.folder, 'crl.pem');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

export const pem = (path: string): string => readFileSync(path, 'utf8');
