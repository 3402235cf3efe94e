using System.Globalization;
using Mdf.Training.Restoration;

namespace RestoreImages;

/// <summary>
/// Parses learning rate schedules: <c>constant</c>, <c>cosine</c>, <c>step:1000</c> or <c>step:1000:0.5</c>.
/// </summary>
internal static class NamedSchedules
{
    public static LearningRateSchedule Parse(string text) => text.Split(':') switch
    {
        ["constant"] => LearningRateSchedule.Constant,
        ["cosine"] => LearningRateSchedule.Cosine(),
        ["step", var interval] when int.TryParse(interval, NumberStyles.None, CultureInfo.InvariantCulture, out int steps) =>
            LearningRateSchedule.Step(steps),
        ["step", var interval, var factor] when int.TryParse(interval, NumberStyles.None, CultureInfo.InvariantCulture, out int steps)
            && double.TryParse(factor, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) =>
            LearningRateSchedule.Step(steps, number),
        _ => throw new ArgumentException($"'{text}' is no schedule; expected one like constant, cosine, step:1000 or step:1000:0.5."),
    };
}
