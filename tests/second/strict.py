"""MessagePack as section 1.2 of proto/SPEC.md has it: msgpack reads, and what it read must be what was written."""
import msgpack

LARGEST = 2 ** 63 - 1


class Bad(Exception):
    """Bytes, a signature or a place that is not as it must be."""


def need(holds, why):
    if not holds:
        raise Bad(why)


def depth_of(value):
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


def check_types(value):
    """No map, float, nil or ext type; no integer above 2^63-1; no U+0000."""
    if isinstance(value, list):
        for element in value:
            check_types(element)
    elif isinstance(value, bool) or isinstance(value, bytes):
        pass
    elif isinstance(value, int):
        need(value <= LARGEST, "an integer is too large")
    elif isinstance(value, str):
        need("\0" not in value, "a text has U+0000")
    else:
        raise Bad("a value of a type that does not occur")


def check_value(value, encoded):
    """One form of each value: what is read is written again, and must be the same bytes."""
    check_types(value)
    need(depth_of(value) <= 5, "arrays are nested too deep")
    need(msgpack.packb(value, use_bin_type=True) == encoded, "a value is not in its one form")


def unpacker():
    return msgpack.Unpacker(raw=False, use_list=True, strict_map_key=False, max_buffer_size=2 ** 31 - 1)


def read(encoded):
    """The one value that these bytes are."""
    try:
        value = msgpack.unpackb(encoded, raw=False, use_list=True, strict_map_key=False)
    except Exception as error:  # msgpack has a dozen kinds, all of them mean the same here
        raise Bad("it is no MessagePack: %s" % type(error).__name__) from None
    check_value(value, encoded)
    return value


def stream(data):
    """The arrays of a stream, one after another, each as (value, encoded)."""
    reader, start = unpacker(), 0
    reader.feed(data)
    while start < len(data):
        try:
            value = reader.unpack()
        except Exception as error:
            raise Bad("the file is damaged or cut short at byte %d: %s" % (start, type(error).__name__)) from None
        end = reader.tell()
        check_value(value, data[start:end])
        yield value
        start = end


def array(value, count=None, most=None):
    need(isinstance(value, list), "an array is missing")
    need(count is None or len(value) == count, "an array has another number of elements")
    need(most is None or len(value) <= most, "an array is over its limit")
    return value


def uint(value, most=LARGEST, least=0):
    need(isinstance(value, int) and not isinstance(value, bool) and least <= value <= most, "a number is out of range")
    return value


def time(value, least=-(2 ** 63)):
    return uint(value, LARGEST, least)


def boolean(value):
    need(isinstance(value, bool), "a bool is missing")
    return value


def text(value, most=None, characters=None):
    need(isinstance(value, str), "a text is missing")
    need(most is None or len(value.encode()) <= most, "a text is over its limit")
    need(characters is None or len(value) <= characters, "a text is over its limit")
    return value


def binary(value, length=None, most=None):
    need(isinstance(value, bytes), "a bin is missing")
    need(length is None or len(value) == length, "a bin has another length")
    need(most is None or len(value) <= most, "a bin is over its limit")
    return value


def optional(value, length):
    """A bin of this length, or an empty one: None."""
    return binary(value, length) if value != b"" else None


def extension(value):
    """ext (1.3): its even codes and their values; an unknown odd one can't be understood."""
    last, size = 0, len(msgpack.packb(value, use_bin_type=True))
    found = {}
    for entry in array(value, most=16):
        code, data = array(entry, 2)
        need(uint(code, 2 ** 32 - 1) > last, "ext is not in order")
        need(code % 2 == 0, "ext asks for a newer version")
        found[code], last = binary(data, most=4096), code
    need(size <= 4096, "ext is over its limit")
    return found
