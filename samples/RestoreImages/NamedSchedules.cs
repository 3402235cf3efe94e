using System.Globalization;
using Mdf.Training.Restoration;
using Samples.Common;

namespace RestoreImages;

/// <summary>Parses learning rate schedules.</summary>
internal static class NamedSchedules
{
    public const string Help =
        "Learning rate schedule: constant, cosine, step:1000 (halved every 1000 steps), step:1000:0.1 (divided by 10), "
        + "steps:1000,1500[:0.5] (halved after these steps) or restarts:1000[:2] (cosine, restarted with periods twice as long).";

    public static LearningRateSchedule Parse(string text, int? warmUp)
    {
        LearningRateSchedule schedule = Parse(text);
        return warmUp is { } steps ? schedule.AfterWarmUp(steps) : schedule;
    }

    private static LearningRateSchedule Parse(string text)
    {
        try
        {
            return text.Split(':') switch
            {
                ["constant"] => LearningRateSchedule.Constant,
                ["cosine"] => LearningRateSchedule.Cosine(),
                ["step", var interval] => LearningRateSchedule.Step(Whole(interval)),
                ["step", var interval, var factor] => LearningRateSchedule.Step(Whole(interval), Number(factor)),
                ["steps", var milestones] => LearningRateSchedule.MultiStep(All(milestones)),
                ["steps", var milestones, var factor] => LearningRateSchedule.MultiStep(All(milestones), Number(factor)),
                ["restarts", var period] => LearningRateSchedule.CosineWithRestarts(Whole(period)),
                ["restarts", var period, var growth] => LearningRateSchedule.CosineWithRestarts(Whole(period), Number(growth)),
                _ => throw new FormatException(),
            };
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"--schedule {text}: {Messages.FirstLine(e)}", e);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new ArgumentException(
                $"'{text}' is no schedule; expected one like constant, cosine, step:1000, step:1000:0.5, steps:1000,1500 or "
                + "restarts:1000:2.",
                e);
        }
    }

    private static int[] All(string text) => [.. text.Split(',').Select(Whole)];

    private static int Whole(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
