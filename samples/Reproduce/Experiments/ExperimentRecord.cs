namespace Reproduce.Experiments;

/// <summary>What is kept of a run: all that is needed to repeat it, and what it gave.</summary>
/// <typeparam name="TDescription">What decides the result.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
/// <param name="Kind">What kind of experiment it is.</param>
/// <param name="Identity">The description's, <see cref="ExperimentIdentity.Of"/>.</param>
/// <param name="Description">What decides the result.</param>
/// <param name="Result">What it gave.</param>
/// <param name="Environment">Where and when it ran.</param>
public sealed record ExperimentRecord<TDescription, TResult>(
    string Kind, string Identity, TDescription Description, TResult Result, ExperimentEnvironment Environment);
