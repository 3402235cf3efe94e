using System.Text.Json;
using System.Text.Json.Serialization;
using static System.FormattableString;

namespace Mdf.Training.Restoration;

/// <summary>How the learning rate changes over a training: a factor for each step.</summary>
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

    /// <summary>The same rate throughout.</summary>
    public static LearningRateSchedule Constant { get; } = new("constant", (_, _) => 1);

    /// <summary>The rate times a factor, again after each so many steps: half of it every 200,000 steps in EDSR's training, for instance.</summary>
    /// <param name="interval">Steps between two changes, at least 1.</param>
    /// <param name="factor">Above 0, at most 1.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static LearningRateSchedule Step(int interval, double factor = 0.5)
    {
        SettingChecks.Require(interval >= 1, nameof(interval), interval, "at least 1");
        SettingChecks.Require(factor is > 0 and <= 1, nameof(factor), factor, "a number above 0, at most 1");
        return new(Invariant($"times {factor} every {interval} steps"), (step, _) => Math.Pow(factor, Math.Floor(step / interval)));
    }

    /// <summary>Half a wave of the cosine, from the full rate down to a part of it (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="final">The part of the rate at the end, 0 to 1.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public static LearningRateSchedule Cosine(double final = 0)
    {
        SettingChecks.Require(final is >= 0 and <= 1, nameof(final), final, "a number from 0 to 1");
        return new(Invariant($"cosine to {final}"), (step, steps) => final + ((1 - final) * (1 + Math.Cos(Math.PI * step / steps)) / 2));
    }

    /// <summary>What the learning rate is multiplied with.</summary>
    /// <param name="step">The steps done before, from 0 on.</param>
    /// <param name="steps">The steps in all.</param>
    /// <returns>The factor.</returns>
    public double FactorAt(int step, int steps) => factor(step, steps);

    /// <summary>What it does, in a few words.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => description;

    private sealed class AsText : JsonConverter<LearningRateSchedule>
    {
        public override LearningRateSchedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Schedules are written only.");

        public override void Write(Utf8JsonWriter writer, LearningRateSchedule value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
