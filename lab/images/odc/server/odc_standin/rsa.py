"""RSA as far as ODC's log-in needs it: a key of 1024 bits, PKCS #1 v1.5, keys in Java's encodings."""

import base64
import secrets

BITS = 1024
EXPONENT = 65537
# SubjectPublicKeyInfo and PKCS #8 say first that this is RSA
ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")


def _is_prime(number):
    """Miller and Rabin's test; a composite passes it once in 2^80."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(40):
        power = pow(secrets.randbelow(number - 3) + 2, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def _prime():
    half = BITS // 2
    while True:
        number = secrets.randbits(half) | 3 << (half - 2) | 1
        if all(number % small for small in (3, 5, 7, 11, 13, 17, 19, 23)) and number % EXPONENT != 1 and _is_prime(number):
            return number


def _der(tag, content):
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (length if size < 128 else bytes([0x80 | len(length)]) + length) + content


def _integer(number):
    return _der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _content(data):
    """Content of the element at the start, and what follows it."""
    size, start = data[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    return data[start : start + size], data[start + size :]


def make_keys():
    """A new pair as base64: public and private."""
    p, q = _prime(), _prime()
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = _der(0x30, _integer(p * q) + _integer(EXPONENT))
    parts = (0, p * q, EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    private = _der(0x30, b"".join(_integer(part) for part in parts))
    encoded = _der(0x30, ALGORITHM + _der(3, b"\0" + public)), _der(0x30, _integer(0) + ALGORITHM + _der(4, private))
    return tuple(base64.b64encode(key).decode() for key in encoded)


def decrypt(private, text):
    """@raises ValueError for what was not encrypted with the public key."""
    _, after_version = _content(_content(base64.b64decode(private))[0])
    _, after_algorithm = _content(after_version)
    rest = _content(_content(after_algorithm)[0])[0]
    values = []
    while rest:
        value, rest = _content(rest)
        values.append(int.from_bytes(value, "big"))
    modulus, exponent = values[1], values[3]
    encrypted = base64.b64decode(text, validate=True)
    if len(encrypted) != BITS // 8:
        raise ValueError("not one block")
    plain = pow(int.from_bytes(encrypted, "big"), exponent, modulus).to_bytes(BITS // 8, "big")
    padding, separator, message = plain[2:].partition(b"\0")
    if plain[:2] != b"\0\2" or len(padding) < 8 or separator == b"":
        raise ValueError("bad padding")
    return message.decode()
