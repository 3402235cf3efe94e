using System.Globalization;

namespace Mdf.Checkpoints.Pickle;

/// <summary>
/// Finds the tensors in what a pickle built and gives them the names PyTorch's <c>state_dict</c> would: dictionaries by key, lists by
/// index, modules by the names of their parameters, buffers and submodules, in this order; a tensor alone is <c>tensor</c>.
/// </summary>
internal sealed class PickledTensors
{
    private const string NameOfATensorAlone = "tensor";
    private const int MaximumDepth = 100;
    private const int MaximumNameLength = 1024;
    private const int StepsOfATensor = 256;

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

    public static OrderedDictionary<string, PickleTensor> Find(CheckpointSource source, object? root, CheckpointReadOptions options)
    {
        var walk = new PickledTensors(source);
        object? weights = walk.Weights(root, options.Key);
        walk.Visit(weights is PickleTensor ? NameOfATensorAlone : "", weights);
        if (walk.found.Count == 0)
        {
            throw source.Error(null, "it holds no tensors in dictionaries, lists or modules (NumPy arrays are not read).");
        }

        return walk.found;
    }

    private object? Weights(object? root, string? key)
    {
        if (Mapping(root) is not { } dictionary)
        {
            return key is null ? root : throw source.Error(null, $"key '{key}' was asked for, but its outermost object is no dictionary.");
        }

        if (key is not null)
        {
            return dictionary[key] ?? throw source.Error(
                null, $"it has no key '{key}'; it has {string.Join(", ", dictionary.Items.Take(20).Select(i => $"'{i.Key}'"))}.");
        }

        return dictionary.Items.Any(i => i.Value is PickleTensor)
            ? root
            : UsualKeys.Select(k => dictionary[k]).FirstOrDefault(v => v is List<object?> or PickleObject || Mapping(v) is not null) ?? root;
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
            throw source.Error(null, $"a name in it is longer than {MaximumNameLength} characters: {name}");
        }

        Count(name.Length);
        if (value is PickleTensor tensor)
        {
            Count(StepsOfATensor);
            if (!found.TryAdd(name, tensor))
            {
                throw source.Error(null, $"it holds two tensors named '{name}'.");
            }
        }
        else if (value is PickleDictionary or PickleObject or List<object?> or object?[])
        {
            if (path.Count >= MaximumDepth || !path.Add(value))
            {
                throw source.Error(null, $"its objects contain themselves or are nested too deeply, at '{name}'.");
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

    // Objects can be shared, so that a small file may hold a list of lists of lists that takes forever to walk, or whose tensors and
    // names take memory without end.
    private void Count(int more)
    {
        steps += more;
        if (steps > maximumSteps)
        {
            throw source.Error(null, $"walking its objects takes more than {maximumSteps} steps, far more than a file of its length needs.");
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
