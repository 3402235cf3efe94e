using Mdf.Guards;

namespace Mdf.Checkpoints.Pickle;

/// <summary>
/// The functions that a pickle may call. A few make data that can hold weights; calls to all others are not made and become inert objects.
/// A file that asks to call a function by which code could be run is refused.
/// </summary>
internal sealed class PickleConstructors(PickleStream input)
{
    private const int MostListed = 100;

    // Modules and functions by which a pickle could run code or touch the machine. No such call would be made, but no checkpoint needs one.
    private static readonly HashSet<string> HarmfulModules =
    [
        "os", "posix", "nt", "sys", "subprocess", "shutil", "socket", "pty", "ctypes", "runpy", "importlib", "imp", "code", "codeop",
        "commands", "marshal", "pickle", "cPickle", "_pickle", "dill", "cloudpickle", "webbrowser", "multiprocessing",
        "asyncio", "threading", "timeit", "pip", "bdb", "pdb", "profile", "cProfile", "trace", "platform", "pydoc", "urllib", "http",
        "requests", "ftplib",
        "smtplib", "tempfile", "glob", "fileinput", "io", "_io", "inspect", "gc", "signal", "popen2", "distutils", "setuptools",
    ];

    private static readonly HashSet<string> HarmfulFunctions =
    [
        "builtins.eval", "builtins.exec", "builtins.execfile", "builtins.compile", "builtins.open", "builtins.file", "builtins.__import__",
        "builtins.input", "builtins.raw_input", "builtins.breakpoint", "builtins.globals", "builtins.locals", "builtins.vars",
        "builtins.setattr", "builtins.delattr", "builtins.apply", "builtins.reload", "builtins.exit", "builtins.quit", "builtins.map",
        "builtins.filter", "types.CodeType", "types.FunctionType", "types.LambdaType", "torch.load", "torch.jit.load", "torch.hub.load",
        "torch.utils.cpp_extension.load", "numpy.load", "numpy.fromfile", "numpy.memmap",
        "operator.methodcaller", "operator.attrgetter", "operator.itemgetter", "functools.reduce", "itertools.starmap",
    ];

    private readonly OrderedDictionary<string, bool> ignored = [];

    // Number of items copied by calls; bounded because a small file could have the same list copied any number of times.
    private long copied;

    public object? Call(PickleGlobal function, object?[] arguments) => NameInPython3(function) switch
    {
        "collections.OrderedDict" => Dictionary(arguments),
        "collections.defaultdict" => new PickleDictionary(),
        "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" => Tensor(function, arguments),
        "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" => First(function, arguments),
        "torch._tensor._rebuild_from_type_v2" => RebuildFromType(function, arguments),
        "torch.Size" or "builtins.set" or "builtins.frozenset" => First(function, arguments),
        "copyreg._reconstructor" or "copy_reg._reconstructor" =>
            First(function, arguments) is PickleGlobal type ? New(type) : throw Misused(function),
        "_codecs.encode" or "builtins.bytearray" => First(function, arguments),
        string name when IsHarmful(name) => throw input.Error(
            $"the file asks to call '{function.FullName}', which is not among the functions a checkpoint may call. It was not called."),
        _ => Inert(function, arguments),
    };

    /// <summary>The classes and functions whose calls were not made, in the file's order.</summary>
    public IEnumerable<string> Ignored => ignored.Keys;

    /// <summary>Makes an inert object instead of calling a function that is not known.</summary>
    public PickleObject Inert(PickleGlobal function, object?[] arguments)
    {
        if (ignored.Count < MostListed)
        {
            ignored.TryAdd(function.FullName, true);
        }

        return new PickleObject(function) { HoldsTensorData = arguments.Any(HoldsTensorData) };
    }

    /// <summary>Creates an object of a class: a dictionary for the known dictionary classes, an inert record for all others.</summary>
    public static object New(PickleGlobal type) =>
        type.FullName is "collections.OrderedDict" or "collections.defaultdict" or "builtins.dict"
            ? new PickleDictionary()
            : new PickleObject(type);

    // Arguments hold tensor data directly or in a tuple or list; deeper nesting does not occur in PyTorch's functions.
    private static bool HoldsTensorData(object? argument) =>
        IsTensorData(argument) || (argument is IReadOnlyList<object?> { Count: <= 16 } items && items.Any(IsTensorData));

    private static bool IsTensorData(object? value) => value is PickleTensor or PickleStorage or PickleObject { HoldsTensorData: true };

    private static bool IsHarmful(string name)
    {
        int end = name.IndexOf('.', StringComparison.Ordinal);
        return HarmfulFunctions.Contains(name) || (end > 0 && HarmfulModules.Contains(name[..end]));
    }

    // Pickle protocols 0 to 2 use Python 2's name for the module.
    private static string NameInPython3(PickleGlobal function) =>
        function.Module == "__builtin__" ? $"builtins.{function.Name}" : function.FullName;

    private CheckpointFormatException Misused(PickleGlobal function) =>
        input.Error($"the file calls '{function.FullName}' with unexpected arguments.");

    private object? First(PickleGlobal function, object?[] arguments) => arguments.Length > 0 ? arguments[0] : throw Misused(function);

    private object? RebuildFromType(PickleGlobal function, object?[] arguments) =>
        arguments is [PickleGlobal inner, PickleGlobal, object?[] values, ..]
        && inner.FullName.StartsWith("torch._utils._rebuild_", StringComparison.Ordinal)
            ? Call(inner, values)
            : throw Misused(function);

    private PickleDictionary Dictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        if (arguments.Length == 0)
        {
            return dictionary;
        }

        if (arguments[0] is not List<object?> pairs)
        {
            throw input.Error("the file creates an OrderedDict from a value that is not a list.");
        }

        CountCopied(pairs.Count);
        foreach (object? pair in pairs)
        {
            switch (pair)
            {
                case object?[] and [var key, var value]: dictionary.Set(key, value); break;
                case List<object?> and [var key, var value]: dictionary.Set(key, value); break;
                default: throw input.Error("the file creates an OrderedDict from a list with an item that is not a pair.");
            }
        }

        return dictionary;
    }

    private object Tensor(PickleGlobal function, object?[] arguments)
    {
        if (arguments is [PickleStorage { UnsupportedType: { } type }, ..])
        {
            return Inert(new PickleGlobal("torch", type), arguments);
        }

        if (arguments is [not PickleStorage, _, _, _, ..])
        {
            return Inert(function, arguments);
        }

        if (arguments is not [PickleStorage storage, long start, var shape, var strides, ..]
            || Longs(shape) is not { } sizes || Longs(strides) is not { } steps)
        {
            throw input.Error("the file creates a tensor from arguments other than a storage, an offset, a shape and strides.");
        }

        CountCopied(sizes.Length + steps.Length);
        if (sizes.Length != steps.Length || steps.Any(s => s < 0) || start < 0 || TensorShape.Elements(sizes) is not { } elements)
        {
            throw input.Error($"{Described()} is impossible.");
        }

        // One past the last element that the tensor touches.
        Int128 end = elements == 0
            ? start
            : start + sizes.Zip(steps).Aggregate(Int128.One, (sum, d) => sum + ((Int128)(d.First - 1) * d.Second));
        if (end > storage.ViewCount)
        {
            throw input.Error($"{Described()} from element {start} on reaches outside its storage of {storage.ViewCount} elements.");
        }

        return new PickleTensor(storage, storage.ViewOffset + start, sizes, steps);

        string Described() => $"a tensor of shape {ShapeText.Of(sizes)} and strides [{string.Join(", ", steps)}]";
    }

    // Without sharing, every copied item was written to the file beforehand and took at least one byte.
    private void CountCopied(int items)
    {
        copied += items;
        if (copied > input.Position)
        {
            throw input.Error("the file copies the same list or tuple over and over.");
        }
    }

    private static long[]? Longs(object? value) => value is object?[] items && items.Length <= 64 && items.All(i => i is long)
        ? [.. items.Cast<long>()]
        : null;
}
