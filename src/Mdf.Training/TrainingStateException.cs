namespace Mdf.Training;

/// <summary>The exception for a saved state that belongs to another training than the one that should resume from it.</summary>
public sealed class TrainingStateException : InvalidOperationException
{
    internal TrainingStateException(string stateFile, string setting, string saved, string given, string expected)
        : base($"'{stateFile}' is the state of another training: its {setting} is {saved}, not {given}. {expected} "
            + "Write to another place, or delete the file to start afresh.")
    {
        StateFile = stateFile;
        Setting = setting;
        Saved = saved;
        Given = given;
    }

    /// <summary>Path of the state file.</summary>
    public string StateFile { get; }

    /// <summary>Name of the first setting that differs, such as <c>LearningRate</c>, <c>loss</c> or <c>data</c>.</summary>
    public string Setting { get; }

    /// <summary>Value of the setting in the state file.</summary>
    public string Saved { get; }

    /// <summary>Value of the setting in the refused call.</summary>
    public string Given { get; }
}
