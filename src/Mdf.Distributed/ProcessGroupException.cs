namespace Mdf.Distributed;

/// <summary>The exception for a group of processes that cannot be joined, or that cannot exchange data.</summary>
public sealed class ProcessGroupException : InvalidOperationException
{
    internal ProcessGroupException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
