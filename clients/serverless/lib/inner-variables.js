'use strict';

// The variables that may stand inside provider.credentials, which is needed before the framework resolves them. Pure.

const { hasVariable, partsOf, textOf } = require('./variables');
const { mentionsSecrets } = require('./reference');
const { Refusal } = require('./refusal');

const DEEPEST = 16; // a variable that leads to itself leads nowhere

const own = (object, key) =>
  typeof object === 'object' && object !== null && Object.prototype.hasOwnProperty.call(object, key)
    ? object[key]
    : undefined;
const at = (object, address) => address.split('.').reduce((inner, key) => own(inner, key), object);
const plain = (value) => (['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined);

// Never "empty": a default would be taken for it, and might name another account.
const tooEarly = (what) =>
  new Refusal(
    'invalid_reference',
    `${what} cannot be had before there are credentials; sls:stage, opt, env, self, param can`
  );

class InnerVariables {
  constructor({ configuration, options, environment }) {
    Object.assign(this, { configuration, options, environment, depth: 0 });
  }

  /** --stage, serverless.yml's, `dev`. */
  stage() {
    if (this.options.stage) return plain(this.options.stage);
    const configured = plain(at(this.configuration, 'provider.stage'));
    return configured === undefined ? 'dev' : this.expand(configured);
  }

  /**
   * The text of a variable; undefined for one that is empty. Throws a Refusal for what only the framework knows, later.
   */
  resolve(source, address) {
    switch (source) {
      case 'sls':
        if (address === 'stage') return this.stage();
        throw tooEarly(`sls:${address}`);
      case 'opt':
        return plain(own(this.options, address));
      case 'env':
        return plain(own(this.environment, address));
      case 'self':
        return address === 'provider.stage' ? this.stage() : this.expand(plain(at(this.configuration, address)));
      case 'param':
        return this.parameter(address);
      default:
        throw tooEarly(source ? `\${${source}:...}` : 'a variable without a source');
    }
  }

  parameter(name) {
    // --param="name=value", once for each
    for (const given of [].concat(this.options.param || [])) {
      const equals = String(given).indexOf('=');
      if (equals > 0 && given.slice(0, equals) === name) return given.slice(equals + 1);
    }
    const ofStage = plain(at(this.configuration, `params.${this.stage()}.${name}`));
    const value = ofStage === undefined ? plain(at(this.configuration, `params.default.${name}`)) : ofStage;
    if (value === undefined && this.configuration.org) throw tooEarly(`param:${name} of the dashboard`);
    return this.expand(value);
  }

  /** The same of each text of a mapping. */
  expandEach(mapping) {
    if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) return mapping;
    const out = {};
    for (const [key, value] of Object.entries(mapping))
      out[key] = typeof value === 'string' ? this.expand(value) : value;
    return out;
  }

  /**
   * A value of serverless.yml may hold variables in its turn. One that is a reference stays as it is, to be followed.
   */
  expand(value) {
    if (value === undefined || !hasVariable(value) || mentionsSecrets(value)) return value;
    if (this.depth === DEEPEST) throw tooEarly('a variable that leads to itself');
    this.depth += 1;
    try {
      return textOf(partsOf(value), (source, address) => this.resolve(source, address));
    } finally {
      this.depth -= 1;
    }
  }
}

module.exports = { InnerVariables };
