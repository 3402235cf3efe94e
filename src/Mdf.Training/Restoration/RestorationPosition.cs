namespace Mdf.Training.Restoration;

/// <summary>The position of a training of a restoration network.</summary>
/// <param name="Step">Number of steps done.</param>
/// <param name="Logged">Step of the last log line.</param>
/// <param name="Best">Step and value of the best validation; null before the first.</param>
internal readonly record struct RestorationPosition(int Step, int Logged, (int Step, double Value)? Best);
