using System.Security.Cryptography;
using Mdf.Models.Restoration;
using Mdf.Training;
using static TorchSharp.torch;

namespace Mdf.Distributed.Tests;

/// <summary>One process of an MPI job, which does tasks one after the other.</summary>
internal static class Rank
{
    public const string Command = "--rank";

    /// <summary>The task that checks the group itself.</summary>
    public const string Exchanges = "exchanges";

    /// <summary>Beginning of the task in which rank 1 fails alone; the output folder follows.</summary>
    public const string Failure = "failure:";

    /// <summary>Does tasks: a training in text form, or one of the constants.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run(string[] tasks)
    {
        try
        {
            using IProcessGroup group = ProcessGroup.Mpi();
            Console.WriteLine($"rank {group.Rank} is process {Environment.ProcessId}");
            foreach (string task in tasks)
            {
                Console.WriteLine($"{task}: rank {group.Rank} of {group.Size}: {Do(task, group)}");
            }

            return 0;
        }
        catch (Exception e) when (e is ProcessGroupException or InvalidOperationException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static string Do(string task, IProcessGroup group) => task switch
    {
        Exchanges => Exchange(group),
        _ when task.StartsWith(Failure, StringComparison.Ordinal) => Fail(task[Failure.Length..], group),
        _ => Train(TestTraining.Parse(task), group),
    };

    private static string Train(TestTraining training, IProcessGroup group)
    {
        using var scope = NewDisposeScope();
        using RestorationNetwork network = training.Run(group);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor tensor in network.state_dict().Values)
        {
            hash.AppendData(tensor.contiguous().bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string Exchange(IProcessGroup group)
    {
        // More than a vector and no multiple of one.
        float[] values = [.. Enumerable.Range(0, 1001).Select(i => (float)(i + group.Rank))];
        group.Average(values);
        Require(values.Index().All(v => v.Item == v.Index + ((group.Size - 1) / 2f)), "means");

        byte[] bytes = [.. Enumerable.Range(0, 77).Select(i => (byte)(i * (group.Rank + 1)))];
        group.Broadcast(bytes, root: group.Size - 1);
        Require(bytes.Index().All(b => b.Item == (byte)(b.Index * group.Size)), "bytes");
        group.Barrier();
        RequireRefusal(() => RunOnThread(group.Barrier), "on thread");
        RequireRefusal(() => ProcessGroup.Mpi(), "only once");

        // The runtime makes an exception of a signal, which the library must leave to it.
        string? nothing = group.Size > 0 ? null : "";
        Message<NullReferenceException>(() => nothing!.Length.ToString(provider: null));
        return $"local {group.LocalRank}";
    }

    private static string Fail(string folder, IProcessGroup group)
    {
        using var scope = NewDisposeScope();
        new TestTraining("edsr", 100, folder).Run(group, losesData: group.Rank == 1).Dispose();
        return "not ended";
    }

    private static void RunOnThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (InvalidOperationException e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private static string Message<T>(Action action)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T e)
        {
            return e.Message;
        }

        throw new InvalidOperationException($"no {typeof(T).Name}");
    }

    private static void RequireRefusal(Action action, string reason) =>
        Require(Message<InvalidOperationException>(action).Contains(reason, StringComparison.Ordinal), reason);

    private static void Require(bool holds, string check)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{check} are wrong");
        }
    }
}
