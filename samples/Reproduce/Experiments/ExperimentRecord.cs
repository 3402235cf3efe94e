namespace Reproduce.Experiments;

/// <summary>The stored record of an experiment: the description, which is enough to repeat the experiment, and the result.</summary>
/// <typeparam name="TDescription">Type of the description.</typeparam>
/// <typeparam name="TResult">Type of the result.</typeparam>
/// <param name="Kind">Kind of the experiment, in lower-case words with hyphens.</param>
/// <param name="Identity">Identity of the description (<see cref="ExperimentIdentity.Of"/>).</param>
/// <param name="Description">Everything that determines the result.</param>
/// <param name="Result">The result of the experiment.</param>
/// <param name="Environment">Software, hardware and time of the experiment.</param>
public sealed record ExperimentRecord<TDescription, TResult>(
    string Kind, string Identity, TDescription Description, TResult Result, ExperimentEnvironment Environment);
