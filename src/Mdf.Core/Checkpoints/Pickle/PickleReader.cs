using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Mdf.Checkpoints.Pickle;

/// <summary>
/// Interprets the program of a Python pickle (protocols 0 to 5) without Python. The interpreter creates inert data and calls only the
/// functions that <see cref="PickleConstructors"/> lists. The length of the pickle bounds work and memory.
/// </summary>
internal sealed class PickleReader
{
    private const int MaximumOperations = 10_000_000;
    private const int MaximumClassNameLength = 1024;
    private const int MaximumIntegerBytes = 1024;

    private static readonly object Mark = new();
    private static readonly Regex EscapedCharacter = new(@"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}");

    private static readonly Regex StorageInText = new(
        @"\A\('storage', <class 'torch\.(storage\.)?(?<type>\w+)'>, '(?<key>[^']*)', '(?<place>[^']*)', (?<count>\d+)(, None)?\)\z");

    private readonly PickleStream input;
    private readonly PickleConstructors constructors;
    private readonly Func<object?, object?> persistent;
    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<long, object?> memo = new(SeededComparer.Instance);

    private PickleReader(PickleStream input, Func<object?, object?> persistent)
    {
        this.input = input;
        this.persistent = persistent;
        constructors = new PickleConstructors(input);
    }

    /// <summary>Reads one pickle and leaves the stream positioned after it.</summary>
    /// <param name="input">The bytes of the pickle.</param>
    /// <param name="persistent">Resolves a persistent identifier, by which PyTorch refers to storages.</param>
    /// <param name="ignored">Receives the names of classes and functions whose calls were not made; null if not wanted.</param>
    public static object? Read(PickleStream input, Func<object?, object?> persistent, ICollection<string>? ignored = null)
    {
        var reader = new PickleReader(input, persistent);
        object? root = reader.Run();
        foreach (string name in ignored is null ? [] : reader.constructors.Ignored)
        {
            ignored!.Add(name);
        }

        return root;
    }

    private object? Run()
    {
        for (int operations = 0; operations < MaximumOperations; operations++)
        {
            byte opcode = input.Byte();
            if (opcode == '.')
            {
                return Pop();
            }

            Step(opcode);
        }

        throw input.Error($"the pickle has more than {MaximumOperations} operations, which is the limit.");
    }

    private void Step(byte opcode)
    {
        switch ((char)opcode)
        {
            case '\x80': CheckProtocol(input.Byte()); break;
            case '\x95': input.Int64(); break; // FRAME: a hint for buffering
            case '(': marks.Push(stack.Count); stack.Add(Mark); break;
            case '0': PopAny(); break;
            case '1': PopToMark(); break;
            case '2': Push(Peek()); break;

            case 'N': Push(null); break;
            case '\x88': Push(true); break;
            case '\x89': Push(false); break;
            case 'I': Push(IntegerLine(input.Line())); break;
            case 'J': Push((long)input.Int32()); break;
            case 'K': Push((long)input.Byte()); break;
            case 'M': Push((long)input.UInt16()); break;
            case 'L': Push(Integer(input.Line().TrimEnd('L'))); break;
            case '\x8a': Push(Integer(input.Bytes(input.Byte()))); break;
            case '\x8b': Push(Integer(input.Bytes(input.Int32()))); break;
            case 'F': Push(Float(input.Line())); break;
            case 'G': Push(input.DoubleBigEndian()); break;

            case 'S': Push(input.Line().Trim('\'', '"')); break;
            case 'T': Push(Encoding.Latin1.GetString(input.Bytes(input.Int32()))); break;
            case 'U': Push(Encoding.Latin1.GetString(input.Bytes(input.Byte()))); break;
            case 'V': Push(Unescaped(input.Line())); break;
            case 'X': Push(input.Text(input.UInt32())); break;
            case '\x8c': Push(input.Text(input.Byte())); break;
            case '\x8d': Push(input.Text(input.Int64())); break;
            case 'B': Push(input.Bytes(input.UInt32())); break;
            case 'C': Push(input.Bytes(input.Byte())); break;
            case '\x8e' or '\x96': Push(input.Bytes(input.Int64())); break;

            case ')': Push(Array.Empty<object?>()); break;
            case 't': Push(PopToMark()); break;
            case '\x85': Push(PopMany(1)); break;
            case '\x86': Push(PopMany(2)); break;
            case '\x87': Push(PopMany(3)); break;
            case ']' or '\x8f': Push(new List<object?>()); break;
            case 'l' or '\x91': Push(new List<object?>(PopToMark())); break;
            case 'a': Append([Pop()]); break;
            case 'e' or '\x90': Append(PopToMark()); break;
            case '}': Push(new PickleDictionary()); break;
            case 'd': DictionaryFromMark(); break;
            case 's': SetItems(PopMany(2)); break;
            case 'u': SetItems(PopToMark()); break;

            case 'g': Get(Index(input.Line())); break;
            case 'h': Get(input.Byte()); break;
            case 'j': Get(input.UInt32()); break;
            case 'p': memo[Index(input.Line())] = Peek(); break;
            case 'q': memo[input.Byte()] = Peek(); break;
            case 'r': memo[input.UInt32()] = Peek(); break;
            case '\x94': memo[memo.Count] = Peek(); break;

            case 'c': Push(new PickleGlobal(input.Line(), input.Line())); break;
            case '\x93': StackGlobal(); break;
            case 'R': Reduce(); break;
            case '\x81': NewObject(PopMany(2)); break;
            case '\x92': NewObject(PopMany(3)); break;
            case 'b': Build(); break;
            case 'o': NewObjectFromMark(); break;
            case 'i': NewInstance(new PickleGlobal(input.Line(), input.Line())); break;
            case 'Q': Push(persistent(Pop())); break;
            case 'P': Push(persistent(IdentifierInText(input.Line()))); break;

            default: throw input.Error($"the pickle's operation 0x{opcode:x2} is unknown or not supported.");
        }
    }

    private void Push(object? value) => stack.Add(value);

    private object? Peek() => stack.Count > 0 && !ReferenceEquals(stack[^1], Mark)
        ? stack[^1]
        : throw input.Error("the pickle takes a value from an empty stack.");

    private object? Pop()
    {
        object? value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private void PopAny()
    {
        if (stack.Count > 0 && ReferenceEquals(stack[^1], Mark))
        {
            PopToMark();
        }
        else
        {
            Pop();
        }
    }

    private object?[] PopMany(int count)
    {
        var values = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            values[i] = Pop();
        }

        return values;
    }

    private object?[] PopToMark()
    {
        if (!marks.TryPop(out int mark))
        {
            throw input.Error("the pickle refers to a mark that it never set.");
        }

        object?[] values = [.. stack[(mark + 1)..]];
        stack.RemoveRange(mark, stack.Count - mark);
        return values;
    }

    private void CheckProtocol(byte protocol)
    {
        if (protocol > 5)
        {
            throw input.Error($"the pickle is of protocol {protocol}; protocols 0 to 5 are supported.");
        }
    }

    private object IntegerLine(string line) => line switch
    {
        "00" => false,
        "01" => true,
        _ => Integer(line),
    };

    // Limited to 400 digits because parsing time grows faster than the number of digits.
    private object Integer(string digits) =>
        digits.Length <= 400
        && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)
            ? Narrow(value)
            : throw input.Error("the pickle has a malformed integer.");

    private object Integer(byte[] littleEndian) => littleEndian.Length <= MaximumIntegerBytes
        ? Narrow(new BigInteger(littleEndian))
        : throw input.Error($"the pickle has an integer of {littleEndian.Length} bytes; at most {MaximumIntegerBytes} are supported.");

    private static object Narrow(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            long narrow = (long)value;
            return narrow;
        }

        return value;
    }

    private double Float(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw input.Error("the pickle has a malformed number.");

    private long Index(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
        ? value
        : throw input.Error("the pickle has a malformed memo index.");

    private void Get(long index) => Push(memo.TryGetValue(index, out object? value)
        ? value
        : throw input.Error($"the pickle recalls value {index}, which it never stored."));

    private void Append(object?[] values)
    {
        switch (Peek())
        {
            case List<object?> list: list.AddRange(values); break;
            case PickleObject: break; // an instance of a class derived from list
            default: throw input.Error("the pickle appends to a value that is not a list.");
        }
    }

    private void DictionaryFromMark()
    {
        object?[] values = PopToMark();
        Push(new PickleDictionary());
        SetItems(values);
    }

    private void SetItems(object?[] values)
    {
        if (values.Length % 2 != 0)
        {
            throw input.Error("the pickle sets a key without a value.");
        }

        PickleDictionary target = Peek() switch
        {
            PickleDictionary dictionary => dictionary,
            PickleObject derived => derived.Items ??= new PickleDictionary(),
            _ => throw input.Error("the pickle sets items of a value that is not a dictionary."),
        };
        for (int i = 0; i < values.Length; i += 2)
        {
            target.Set(values[i], values[i + 1]);
        }
    }

    private void StackGlobal()
    {
        object?[] names = PopMany(2);
        Push(names is [string { Length: <= MaximumClassNameLength } module, string { Length: <= MaximumClassNameLength } name]
            ? new PickleGlobal(module, name)
            : throw input.Error($"the pickle names a class by a value that is not text of at most {MaximumClassNameLength} characters."));
    }

    private void Reduce()
    {
        object?[] call = PopMany(2);
        Push(call switch
        {
            [PickleGlobal function, object?[] arguments] => constructors.Call(function, arguments),

            // A bound method or a partial function: what makes it was not called either.
            [PickleObject made, object?[] arguments] => constructors.Inert(made.Type, [made, .. arguments]),
            _ => throw input.Error("the pickle calls a value that is not a named function."),
        });
    }

    private void NewObject(object?[] call) => Push(call[0] is PickleGlobal type
        ? PickleConstructors.New(type)
        : throw input.Error("the pickle creates an object of a value that is not a named class."));

    // OBJ: a mark, a class and arguments (protocol 1).
    private void NewObjectFromMark()
    {
        object?[] call = PopToMark();
        NewObject(call.Length > 0 ? [call[0], null] : [null, null]);
    }

    // INST: the class in the text, the arguments on the stack (protocol 0).
    private void NewInstance(PickleGlobal type)
    {
        PopToMark();
        Push(PickleConstructors.New(type));
    }

    // Protocol 0 writes a storage's identifier as the text of Python's tuple.
    private object?[] IdentifierInText(string text) => StorageInText.Match(text) is { Success: true } found
        && long.TryParse(found.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ?
            [
                "storage",
                new PickleGlobal("torch", found.Groups["type"].Value),
                found.Groups["key"].Value,
                found.Groups["place"].Value,
                count,
            ]
            : throw input.Error("the pickle refers to something that is neither a storage nor a module.");

    // Protocol 0 escapes backslashes, line ends and characters beyond Latin-1 as \uXXXX or \UXXXXXXXX.
    private static string Unescaped(string line) => line.Contains('\\', StringComparison.Ordinal)
        ? EscapedCharacter.Replace(line, m => int.Parse(m.Value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var code
            && (code < 0xd800 || (code > 0xdfff && code <= 0x10ffff)) ? char.ConvertFromUtf32(code) : m.Value)
        : line;

    private void Build()
    {
        object? state = Pop();
        switch (Peek())
        {
            case PickleObject instance: instance.State = state; break;
            case PickleDictionary or PickleTensor or List<object?> or object?[] or PickleGlobal:
                break; // attributes that are not content, such as state_dict's _metadata
            default: throw input.Error("the pickle sets the state of a value that has no state.");
        }
    }
}
