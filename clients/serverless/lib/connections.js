'use strict';

// One vend a connection and run, however often it is named.

const { RefreshingCredentials } = require('./refreshing-credentials');
const { Refusal } = require('./refusal');
const { vend } = require('./vend');

class Connections {
  /**
   * `settings()` -> what settings.loadSettings says, asked before each vend; `context()` -> { stage, service, region }
   */
  constructor({ settings, context, ask = vend }) {
    this.settings = settings;
    this.context = context;
    this.ask = ask;
    this.byName = new Map();
    this.answers = new Map();
  }

  /** RefreshingCredentials; nothing is asked yet. */
  of(name) {
    if (!this.byName.has(name)) {
      this.byName.set(name, new RefreshingCredentials(async () => this.ask(name, this.context(), this.settings())));
    }
    return this.byName.get(name);
  }

  /** The triple that all references of this run share; a Refusal stays one for the run. */
  async first(name) {
    if (!this.answers.has(name)) this.answers.set(name, this.of(name).current());
    try {
      return await this.answers.get(name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, `secrets:${name}: ${error.message}`);
    }
  }

  /**
   * The first of `names` that there is: { name, credentials, triple }. Only a 404 leads to the next one, never a denial
   * or an outage.
   */
  async firstOf(names) {
    for (const [index, name] of names.entries()) {
      const isLast = index + 1 === names.length;
      try {
        return { name, credentials: this.of(name), triple: await this.first(name) };
      } catch (error) {
        if (isLast) throw error;
        if (error.code === 'app_not_allowed') {
          const why = "the default is not taken, for an app is not told whether a connection is missing or another's";
          throw new Refusal(error.code, `${error.message}; ${why}`);
        }
        if (error.code !== 'not_found') throw error;
      }
    }
    throw new Refusal('invalid_reference', 'provider.credentials names no connection');
  }
}

module.exports = { Connections };
