'use strict';

// The variables that may stand inside provider.credentials, which is needed before the framework resolves them. Pure.

const { hasVariable, partsOf, textOf } = require('./variables');
const { mentionsSecrets } = require('./reference');

const DEEPEST = 16; // a variable that leads to itself leads nowhere

const own = (object, key) =>
  typeof object === 'object' && object !== null && Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
const at = (object, address) => address.split('.').reduce((inner, key) => own(inner, key), object);
const plain = (value) => (['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined);

class InnerVariables {
  constructor({ configuration, options, environment }) {
    Object.assign(this, { configuration, options, environment, depth: 0 });
  }

  /** --stage, serverless.yml's, `dev`; undefined when serverless.yml's cannot be had yet. */
  stage() {
    if (this.options.stage) return plain(this.options.stage);
    const configured = plain(at(this.configuration, 'provider.stage'));
    return configured === undefined ? 'dev' : this.expand(configured);
  }

  /** The text of a variable; undefined for one that is empty, and for the sources that are asked later. */
  resolve(source, address) {
    switch (source) {
      case 'sls':
        return address === 'stage' ? this.stage() : undefined;
      case 'opt':
        return plain(own(this.options, address));
      case 'env':
        return plain(own(this.environment, address));
      case 'self':
        return address === 'provider.stage' ? this.stage() : this.expand(plain(at(this.configuration, address)));
      case 'param':
        return this.parameter(address);
      default:
        return undefined;
    }
  }

  parameter(name) {
    // --param="name=value", once for each
    for (const given of [].concat(this.options.param || [])) {
      const equals = String(given).indexOf('=');
      if (equals > 0 && given.slice(0, equals) === name) return given.slice(equals + 1);
    }
    const stage = this.stage();
    const ofStage = stage === undefined ? undefined : plain(at(this.configuration, `params.${stage}.${name}`));
    return this.expand(ofStage === undefined ? plain(at(this.configuration, `params.default.${name}`)) : ofStage);
  }

  /** A value of serverless.yml may hold variables in its turn. One that is a reference stays as it is, to be followed. */
  expand(value) {
    if (value === undefined || !hasVariable(value) || mentionsSecrets(value)) return value;
    if (this.depth === DEEPEST) return undefined;
    this.depth += 1;
    try {
      return textOf(partsOf(value), (source, address) => this.resolve(source, address));
    } finally {
      this.depth -= 1;
    }
  }
}

module.exports = { InnerVariables };
