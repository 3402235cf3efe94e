using System.Globalization;

namespace Mdf.Checkpoints.Pickle;

/// <summary>
/// Finds the tensors in the objects of a pickle and names them as PyTorch's <c>state_dict</c> does: by key in dictionaries, by index in
/// lists, and by parameter, buffer and submodule names, in this order, in modules. A tensor that is the whole content is <c>tensor</c>.
/// </summary>
internal sealed class PickledTensors
{
    private const string NameOfATensorAlone = "tensor";
    private const int MaximumDepth = 100;
    private const int MaximumNameLength = 1024;
    private const int StepsOfATensor = 256;
    private const int MostCandidates = 20;
    private const int DeepestCandidate = 20;

    private static readonly string[] UsualKeys = ["state_dict", "params_ema", "params", "model_state_dict", "model", "net"];
    private static readonly string[] ModuleParts = ["_parameters", "_buffers", "_modules"];

    private readonly CheckpointSource source;
    private readonly OrderedDictionary<string, PickleTensor> found = [];
    private readonly HashSet<object> path = new(ReferenceEqualityComparer.Instance);
    private readonly long maximumSteps;
    private long steps;

    private PickledTensors(CheckpointSource source)
    {
        this.source = source;
        maximumSteps = 1_000_000 + (8 * Math.Min(source.Length, int.MaxValue));
    }

    /// <summary>Returns the tensors of the weights, by name.</summary>
    /// <param name="source">The file.</param>
    /// <param name="root">The file's outermost object.</param>
    /// <param name="options">The caller's options.</param>
    /// <param name="ignored">Classes and functions of the file that were not called, for messages.</param>
    /// <param name="candidates">Keys of the outermost dictionary that hold tensors.</param>
    public static OrderedDictionary<string, PickleTensor> Find(
        CheckpointSource source,
        object? root,
        CheckpointReadOptions options,
        IReadOnlyList<string> ignored,
        out IReadOnlyList<string> candidates)
    {
        var walk = new PickledTensors(source);
        candidates = [.. walk.Candidates(root)];
        object? weights = walk.Weights(root, options.Key, candidates);
        walk.Visit(weights is PickleTensor ? NameOfATensorAlone : "", weights);
        if (walk.found.Count == 0)
        {
            IEnumerable<string> listed = ignored.Take(MostCandidates).Select(n => $"'{n}'");
            string made = ignored.Count > 0 ? $" Objects made by {string.Join(", ", listed)} were not read." : "";
            throw source.Error(
                null, $"the file holds no tensors in dictionaries, lists or modules (NumPy arrays are not supported).{made}");
        }

        return walk.found;
    }

    private object? Weights(object? root, string? key, IReadOnlyList<string> candidates)
    {
        if (Mapping(root) is not { } dictionary)
        {
            return key is null
                ? root
                : throw source.Error(null, $"key '{key}' was requested, but the file's outermost object is not a dictionary.");
        }

        if (key is not null)
        {
            return dictionary[key] ?? throw source.Error(
                null, $"the file has no key '{key}'; it has {string.Join(", ", dictionary.Items.Take(20).Select(i => $"'{i.Key}'"))}.");
        }

        // A flat state dictionary holds tensors alone; beside a nested one, tensors are a best score or a generator's state.
        string? usual = UsualKeys.FirstOrDefault(candidates.Contains);
        if (usual is not null || !dictionary.Items.Any(i => i.Value is PickleTensor))
        {
            return usual is null ? root : dictionary[usual];
        }

        string[] flat = [.. candidates.Where(k => Mapping(dictionary[k])?.Items.Any(i => i.Value is PickleTensor) == true)];
        return flat is [var only] ? dictionary[only] : root;
    }

    private IEnumerable<string> Candidates(object? root) => Mapping(root) is { } dictionary
        ? dictionary.Items.Where(i => i.Key is string && i.Value is not PickleTensor && HoldsTensors(i.Value))
            .Take(MostCandidates).Select(i => (string)i.Key)
        : [];

    // Whether a dictionary, list or module holds tensors, at whatever depth.
    private bool HoldsTensors(object? value, int depth = 0)
    {
        Count(1);
        return depth < DeepestCandidate && value switch
        {
            PickleTensor => true,
            PickleDictionary dictionary => dictionary.Items.Any(i => HoldsTensors(i.Value, depth + 1)),
            PickleObject { Items: { } items } => HoldsTensors(items, depth),
            PickleObject { State: PickleDictionary state } => ModuleParts.Any(part => HoldsTensors(state[part], depth)),
            IReadOnlyList<object?> list => list.Any(i => HoldsTensors(i, depth + 1)),
            _ => false,
        };
    }

    private static PickleDictionary? Mapping(object? value) => value switch
    {
        PickleDictionary dictionary => dictionary,
        PickleObject { Items: { } items } => items,
        _ => null,
    };

    private void Visit(string name, object? value)
    {
        if (name.Length > MaximumNameLength)
        {
            throw source.Error(null, $"a tensor name is longer than {MaximumNameLength} characters: {name}");
        }

        Count(name.Length);
        if (value is PickleTensor tensor)
        {
            Count(StepsOfATensor);
            if (!found.TryAdd(name, tensor))
            {
                throw source.Error(null, $"the file holds two tensors named '{name}'.");
            }
        }
        else if (value is PickleObject { HoldsTensorData: true } lost)
        {
            throw source.Error(
                null,
                $"'{name}' is made by '{lost.Type.FullName}', which is not supported; expected dense tensors of real numbers. "
                + $"Select other weights by {nameof(CheckpointReadOptions)}.{nameof(CheckpointReadOptions.Key)}.");
        }
        else if (value is PickleDictionary or PickleObject or List<object?> or object?[])
        {
            if (path.Count >= MaximumDepth || !path.Add(value))
            {
                throw source.Error(
                    null, $"objects in the file contain themselves or are nested more than {MaximumDepth} deep, at '{name}'.");
            }

            foreach ((object key, object? child) in Children(value))
            {
                Count(1);
                if (child is PickleTensor or PickleDictionary or PickleObject or List<object?> or object?[])
                {
                    string part = Convert.ToString(key, CultureInfo.InvariantCulture)!;
                    Visit(name.Length == 0 ? part : $"{name}.{part}", child);
                }
            }

            path.Remove(value);
        }
    }

    // Bounds the walk. Objects can be shared, so the walk over a small file's lists of lists could take unlimited time, and the tensors
    // and names found could take unlimited memory.
    private void Count(int more)
    {
        steps += more;
        if (steps > maximumSteps)
        {
            throw source.Error(
                null, $"walking the file's objects takes more than {maximumSteps} steps, far more than a file of its length needs.");
        }
    }

    private IEnumerable<(object Key, object? Value)> Children(object value) => value switch
    {
        PickleDictionary dictionary => Named(dictionary),
        PickleObject { Items: { } items } => Named(items),
        PickleObject { State: PickleDictionary state } => ModuleChildren(state),
        IReadOnlyList<object?> list => list.Select((item, i) => ((object)i, item)),
        _ => [],
    };

    private IEnumerable<(object, object?)> ModuleChildren(PickleDictionary state)
    {
        HashSet<object> transient = [];
        foreach (object? item in state["_non_persistent_buffers_set"] as List<object?> ?? [])
        {
            Count(1);
            if (item is string { Length: <= MaximumNameLength } name)
            {
                Count(name.Length);
                transient.Add(name);
            }
        }

        return ModuleParts
            .Select(part => state[part])
            .OfType<PickleDictionary>()
            .SelectMany(Named)
            .Where(child => child.Value is not PickleTensor || !transient.Contains(child.Key));
    }

    private static IEnumerable<(object Key, object? Value)> Named(PickleDictionary dictionary) =>
        dictionary.Items.Select(i => (i.Key, i.Value));
}
