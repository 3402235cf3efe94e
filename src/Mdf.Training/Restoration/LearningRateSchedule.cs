using System.Text.Json;
using System.Text.Json.Serialization;
using Mdf.Guards;
using static System.FormattableString;

namespace Mdf.Training.Restoration;

/// <summary>A learning rate schedule: the factor that the learning rate is multiplied by at each step of a training.</summary>
[JsonConverter(typeof(AsText))]
public sealed class LearningRateSchedule
{
    private readonly string description;
    private readonly Func<double, double, double> factor;

    private LearningRateSchedule(string description, Func<double, double, double> factor)
    {
        this.description = description;
        this.factor = factor;
    }

    /// <summary>A constant learning rate.</summary>
    public static LearningRateSchedule Constant { get; } = new("constant", (_, _) => 1);

    /// <summary>
    /// Creates a step schedule, which multiplies the learning rate by a factor at regular intervals. EDSR, for instance, halves it every
    /// 200,000 steps.
    /// </summary>
    /// <param name="interval">Number of steps between two changes; at least 1.</param>
    /// <param name="factor">Factor of each change; above 0, at most 1. Default: 0.5.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static LearningRateSchedule Step(int interval, double factor = 0.5)
    {
        Guard.Require(interval >= 1, interval, "at least 1", nameof(interval));
        Guard.Require(factor is > 0 and <= 1, factor, "a number above 0, at most 1", nameof(factor));
        return new(Invariant($"times {factor} every {interval} steps"), (step, _) => Math.Pow(factor, Math.Floor(step / interval)));
    }

    /// <summary>
    /// Creates a cosine schedule, which lowers the learning rate along half a cosine wave (Loshchilov and Hutter, "SGDR", 2017, without
    /// restarts).
    /// </summary>
    /// <param name="final">Factor at the end of the training, 0 to 1. Default: 0.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="final"/> is out of its range.</exception>
    public static LearningRateSchedule Cosine(double final = 0)
    {
        Guard.Require(final is >= 0 and <= 1, final, "a number from 0 to 1", nameof(final));
        return new(Invariant($"cosine to {final}"), (step, steps) => final + ((1 - final) * (1 + Math.Cos(Math.PI * step / steps)) / 2));
    }

    /// <summary>Creates a schedule that multiplies the learning rate by a factor at each of some steps.</summary>
    /// <param name="milestones">Numbers of steps after which the rate changes, at least 1 and in ascending order.</param>
    /// <param name="factor">Factor of each change; above 0, at most 1. Default: 0.5.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static LearningRateSchedule MultiStep(IReadOnlyList<int> milestones, double factor = 0.5)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        int[] steps = [.. milestones];
        string text = string.Join(", ", steps);
        bool isAscending = steps.Length > 0 && steps[0] >= 1 && steps.Zip(steps.Skip(1)).All(pair => pair.First < pair.Second);
        Guard.Require(isAscending, $"[{text}]", "ascending numbers of at least 1", nameof(milestones));
        Guard.Require(factor is > 0 and <= 1, factor, "a number above 0, at most 1", nameof(factor));
        return new(Invariant($"times {factor} after {text} steps"), (step, _) => Math.Pow(factor, steps.Count(s => s <= step)));
    }

    /// <summary>
    /// Creates a cosine schedule with warm restarts, which lowers the learning rate along half a cosine wave again and again (Loshchilov
    /// and Hutter, "SGDR", 2017).
    /// </summary>
    /// <param name="period">Number of steps of the first wave; at least 1.</param>
    /// <param name="growth">Factor by which each wave is longer than the one before; at least 1. Default: 1.</param>
    /// <param name="final">Factor at the end of a wave, 0 to 1. Default: 0.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static LearningRateSchedule CosineWithRestarts(int period, double growth = 1, double final = 0)
    {
        Guard.Require(period >= 1, period, "at least 1", nameof(period));
        Guard.Require(double.IsFinite(growth) && growth >= 1, growth, "a number of at least 1", nameof(growth));
        Guard.Require(final is >= 0 and <= 1, final, "a number from 0 to 1", nameof(final));
        return new(
            Invariant($"cosine to {final} over {period} steps, restarted with periods times {growth}"),
            (step, _) =>
            {
                double begin = 0, length = period;
                while (step >= begin + length)
                {
                    begin += length;
                    length *= growth;
                }

                return final + ((1 - final) * (1 + Math.Cos(Math.PI * (step - begin) / length)) / 2);
            });
    }

    /// <summary>Returns this schedule after a warm-up, in which the learning rate rises in equal steps from 1/steps of its value.</summary>
    /// <param name="steps">Number of steps of the warm-up, at least 1; afterwards this schedule begins, for the remaining steps.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is below 1.</exception>
    public LearningRateSchedule AfterWarmUp(int steps)
    {
        Guard.Require(steps >= 1, steps, "at least 1", nameof(steps));
        return new(
            $"{description} after a warm-up of {steps} steps",
            (step, all) => step < steps ? factor(0, Math.Max(all - steps, 1)) * (step + 1) / steps : factor(step - steps, all - steps));
    }

    /// <summary>Returns the factor that the learning rate is multiplied by at a step.</summary>
    /// <param name="step">Number of steps done before; 0 for the first step.</param>
    /// <param name="steps">Total number of steps of the training.</param>
    /// <returns>The factor, 0 to 1.</returns>
    public double FactorAt(int step, int steps) => factor(step, steps);

    /// <summary>Returns a short description of the schedule, such as "cosine to 0.1".</summary>
    /// <returns>The description, which also appears in the metadata of checkpoints.</returns>
    public override string ToString() => description;

    private sealed class AsText : JsonConverter<LearningRateSchedule>
    {
        public override LearningRateSchedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("A learning rate schedule can be written as JSON, but not read from JSON.");

        public override void Write(Utf8JsonWriter writer, LearningRateSchedule value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
