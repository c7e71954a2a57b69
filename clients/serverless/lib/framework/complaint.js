'use strict';

const { Refusal } = require('../refusal');

const codeOf = (error) => `HOURKEY_${error instanceof Refusal ? error.code.toUpperCase() : 'INTERNAL'}`;

/**
 * The framework's own kind of error, of which it prints the message alone; of any other it prints the whole stack.
 * Under SLS_DEBUG it prints the stack of this one too, so there is none.
 */
const complaint = (serverless, error) => {
  // What is no Refusal is a defect. Its message may quote anything, so its name has to do.
  const message =
    error instanceof Refusal
      ? error.message
      : `defect in serverless-hourkey (${error && (error.code || error.name)}): please report it`;
  const FrameworkError = (serverless.classes && serverless.classes.Error) || Error;
  const out = new FrameworkError(`hourkey: ${message}`, codeOf(error));
  out.code = codeOf(error);
  Object.defineProperty(out, 'stack', { value: `${out.name}: ${out.message}`, configurable: true });
  return out;
};

/** `work`, with every rejection turned into a complaint. */
const complaining =
  (serverless, work) =>
  async (...given) => {
    try {
      return await work(...given);
    } catch (error) {
      throw complaint(serverless, error);
    }
  };

module.exports = { complaining };
