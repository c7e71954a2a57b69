/**
 * The plugin, as the Serverless Framework (v1 to v3) and osls (3, 4) load it from `plugins: [serverless-hourkey]`.
 *
 * In serverless.yml:
 *
 *     provider:
 *       credentials: ${secrets:NAME}
 */
declare class HourkeyPlugin {
  constructor(serverless: object, options?: HourkeyPlugin.Options, tools?: object);

  /** `${secrets:...}` for v3 and osls. */
  readonly configurationVariablesSources: {
    secrets: {
      resolve(asked: { address?: string | null; params?: string[] }): Promise<{ value: HourkeyPlugin.Value | null }>;
    };
  };

  /** `${secrets:...}` for v1 and v2; `variable` is what stands between the brackets. */
  readonly variableResolvers: { secrets: { resolver(variable: string): Promise<HourkeyPlugin.Value> } };

  /** Gives the framework its credentials. Rejects with the framework's own kind of error, of one line. */
  asyncInit(): Promise<void>;
}

declare namespace HourkeyPlugin {
  /** Options of the command line that are looked at. */
  interface Options {
    stage?: string;
    region?: string;
    param?: string | string[];
    'aws-profile'?: string;
    'use-local-credentials'?: boolean | null;
    [name: string]: unknown;
  }

  /** `custom.hourkey` of serverless.yml. A token has no place there. */
  interface Settings {
    /** `https://host[:port]`; HOURKEY_URL goes before it. */
    url?: string;
    /** Whose context of `hourkey login` to take. */
    tenant?: string;
    /** Which context of `hourkey login` to take; HOURKEY_CONTEXT goes before it. */
    context?: string;
    /** A file of PEM certificates, beside serverless.yml; HOURKEY_CACERT goes before it. */
    cacert?: string;
  }

  /** What `${secrets:NAME}` stands for. */
  interface Credentials {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken: string;
  }

  /** What may follow the name, as in `${secrets:NAME.region}`. */
  type Field = keyof Credentials | 'expiration' | 'region' | 'accountId';

  type Value = Credentials | string;
}

export = HourkeyPlugin;
