'use strict';

// ${secrets:NAME}, ${secrets:NAME.FIELD}, $<secrets:NAME>, with variables inside and defaults after a comma. Pure.

const { Refusal } = require('./refusal');
const { textOf, valueOf, wholeVariable } = require('./variables');

const FIELDS = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiration', 'region', 'accountId'];
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

const invalid = (message) => new Refusal('invalid_reference', message);

/**
 * { connection, field? } of what stands after `secrets:`. Names have no dots, so what follows the first one is the
 * field. An address that is none is not said again: it may be a secret at the wrong place.
 */
const parseAddress = (address) => {
  const [connection, ...rest] = String(address).trim().split('.');
  if (!NAME.test(connection)) {
    throw invalid('${secrets:NAME}: a name has at most 63 of a-z, 0-9 and -, and does not begin with -');
  }
  if (rest.length === 0) return { connection };
  const field = rest.join('.');
  if (!FIELDS.includes(field))
    throw invalid(`\${secrets:${connection}.FIELD}: the field is one of ${FIELDS.join(', ')}`);
  return { connection, field };
};

const isReference = (variable) => variable !== null && variable.source === 'secrets';

/** Whether the text is meant for hourkey, be it well formed or not. */
const mentionsSecrets = (text) => /[$][{<]\s*secrets\b/.test(text);

class Candidates {
  constructor(resolve) {
    this.resolve = resolve;
    this.found = [];
    this.withEmptyVariable = null;
  }

  add(variable) {
    const address = textOf(variable.address, this.resolve);
    if (address === undefined || address.trim() === '')
      this.withEmptyVariable = this.withEmptyVariable || variable.text;
    else this.found.push(parseAddress(address));
    for (const parts of variable.defaults) {
      const [inner, ...others] = parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
      if (typeof inner !== 'object' || !isReference(inner) || others.length) {
        throw invalid(
          'provider.credentials: the default of a reference is another secrets:NAME: nothing else may sign'
        );
      }
      this.add(inner);
    }
  }
}

/** ${self:custom.credentials} and the like: the reference that it leads to. */
const referenceOf = (text, resolve) => {
  let variable = wholeVariable(text);
  for (let steps = 0; variable !== null && !isReference(variable) && steps < 16; steps += 1) {
    const value = valueOf(variable, resolve);
    variable = value === undefined ? null : wholeVariable(value);
  }
  if (!isReference(variable))
    throw invalid('provider.credentials: it is to be ${secrets:NAME}, and what stands there leads to none');
  return variable;
};

/**
 * What a text asks for: a list of { connection, field? }; the next one is for when the one before is not there. One of
 * which an inner variable is empty is left out. `resolve(source, address)` answers the text of another variable, or
 * undefined. Throws a Refusal when nothing is left, or something else than references may be meant.
 */
const candidatesOf = (text, resolve) => {
  const candidates = new Candidates(resolve);
  candidates.add(referenceOf(text, resolve));
  if (!candidates.found.length) {
    const which = candidates.withEmptyVariable;
    throw invalid(`provider.credentials: a variable in ${which} is empty`);
  }
  return candidates.found;
};

module.exports = { FIELDS, candidatesOf, mentionsSecrets, parseAddress };
