// For each promise the SDK makes the text of a stack, which it shows for those that never end where PULUMI_DEBUG_PROMISE_LEAKS is set, and
// for none otherwise: a sixth of a program's time.
"use strict";
const debuggable = require("@pulumi/pulumi/runtime/debuggable");

const { debuggablePromise } = debuggable;
if (!debuggable.debugPromiseLeaks)
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
