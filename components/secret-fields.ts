const secretField = /pass?w|pwd|passphrase|credential|private_?key|access_?key|secret|token|license/i;

/** The same for awk, of a name in small letters. */
export const secretFieldPattern = secretField.source;

/** Whether a setting's value never appears, by its name. */
export const isSecretField = (name: string): boolean => secretField.test(name);
