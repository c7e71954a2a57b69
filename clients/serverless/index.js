'use strict';

const { Connections } = require('./lib/connections');
const { InnerVariables } = require('./lib/inner-variables');
const { loadSettings } = require('./lib/settings');
const cleanEnvironment = require('./lib/clean-environment');
const { signWith } = require('./lib/framework/aws-provider');
const { complaining } = require('./lib/framework/complaint');
const localCredentials = require('./lib/framework/local-credentials');
const providerCredentials = require('./lib/framework/provider-credentials');
const { major, notice } = require('./lib/framework/notice');
const providerRegion = require('./lib/framework/provider-region');
const { allowCredentials } = require('./lib/framework/schema');
const { legacyResolvers, mappingOf, modernSources } = require('./lib/framework/variable-sources');

// They sign nothing.
const LOCAL_COMMANDS = new Set(['help', 'login', 'logout', 'plugin', 'config', 'create', 'doctor', 'dashboard']);

/** The plugin, as the Serverless Framework v1 to v3 and osls 3 and 4 load it. */
class HourkeyPlugin {
  constructor(serverless, options, tools) {
    this.serverless = serverless;
    this.options = options || {};
    this.tools = tools;
    this.hooks = {};
    this.connections = new Connections({ settings: () => this.settings(), context: () => this.context() });
    this.configurationVariablesSources = modernSources(serverless, this.connections);
    this.variableResolvers = legacyResolvers(serverless, this.connections);
    if (major(serverless.version) >= 3)
      this.commands = localCredentials.commandsWithOption(serverless.pluginManager.commands);
    allowCredentials(serverless);
    // Before any plugin has begun to do anything: others' asyncInit run beside ours.
    if (this.isNeeded()) this.hideOthers();
    this.asyncInit = complaining(serverless, async () => {
      await this.adopt();
      await this.adoptRegion();
    });
  }

  settings() {
    const configuration = providerCredentials.configurationOf(this.serverless);
    const inner = new InnerVariables({ configuration, options: this.options, environment: process.env });
    const serviceDir = this.serverless.serviceDir || (this.serverless.config || {}).servicePath;
    const { hourkey } = configuration.custom || {};
    return loadSettings({ environment: process.env, custom: inner.expandEach(hourkey), serviceDir });
  }

  /** For the audit, and for grants that depend on it; what cannot be had yet is left out. */
  context() {
    const configuration = providerCredentials.configurationOf(this.serverless);
    const inner = new InnerVariables({ configuration, options: this.options, environment: process.env });
    const known = (read) => {
      try {
        return read();
      } catch (_) {
        return undefined;
      }
    };
    const { service } = configuration;
    return {
      stage: known(() => inner.stage()),
      service: known(() => inner.expand(typeof service === 'object' && service !== null ? service.name : service)),
      region: this.options.region || known(() => inner.resolve('self', 'provider.region')),
    };
  }

  get command() {
    return ((this.serverless.processedInput || {}).commands || [])[0];
  }

  /** Whether this run signs anything at AWS. */
  get signs() {
    const { options } = this.serverless.processedInput || {};
    if (!providerCredentials.isAws(this.serverless)) return false;
    const isHelp = Boolean(options && (options.help || options.h || options.version)) || !this.command;
    return !isHelp && !LOCAL_COMMANDS.has(this.command);
  }

  isNeeded() {
    if (!this.signs || localCredentials.isWanted(this.options)) return false;
    return providerCredentials.isForHourkey(providerCredentials.rawCredentials(this.serverless));
  }

  hideOthers() {
    cleanEnvironment.forgetOthers(process.env);
    this.showFiles = cleanEnvironment.hideFiles(process.env);
  }

  /** The framework waits for it before it wants provider.credentials resolved. */
  async adopt() {
    const { serverless, options } = this;
    const raw = providerCredentials.rawCredentials(serverless);
    if (localCredentials.isWanted(options) && providerCredentials.isForHourkey(raw)) {
      providerCredentials.placeIn(serverless, {});
      notice(
        serverless,
        this.tools,
        "hourkey: not asked, this machine's own AWS credentials sign (--use-local-credentials)"
      );
      return;
    }
    if (!this.isNeeded()) return;
    providerCredentials.refuseRivals(serverless, options);
    const resolve = providerCredentials.resolverFor(serverless, options);
    const names = providerCredentials.namesIn(raw, resolve);
    const { name, credentials, triple } = await this.connections.firstOf(names);
    credentials.onRenewal((renewed) => cleanEnvironment.tell(process.env, renewed));
    cleanEnvironment.tell(process.env, triple);
    this.showFiles();
    signWith(serverless.getProvider('aws'), credentials);
    providerCredentials.placeIn(serverless, this.command === 'print' ? mappingOf(triple) : `secrets:${name}`);
  }

  async adoptRegion() {
    const raw = providerRegion.rawRegion(this.serverless);
    if (!this.signs || !providerRegion.isForHourkey(raw)) return;
    const resolve = providerCredentials.resolverFor(this.serverless, this.options);
    const region = await providerRegion.findRegion(raw, this.connections, resolve);
    providerCredentials.placeInProvider(this.serverless, 'region', region);
  }
}

module.exports = HourkeyPlugin;
