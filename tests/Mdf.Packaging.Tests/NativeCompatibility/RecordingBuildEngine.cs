using System.Collections;
using Microsoft.Build.Framework;

namespace Mdf.Packaging.Tests.NativeCompatibility;

/// <summary>Build engine that keeps a task's messages.</summary>
internal sealed class RecordingBuildEngine : IBuildEngine
{
    public List<BuildMessageEventArgs> Messages { get; } = [];

    public List<BuildErrorEventArgs> Errors { get; } = [];

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "test.csproj";

    public void LogMessageEvent(BuildMessageEventArgs e) => Messages.Add(e);

    public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e);

    public void LogWarningEvent(BuildWarningEventArgs e) => throw new InvalidOperationException(e.Message);

    public void LogCustomEvent(CustomBuildEventArgs e) => throw new InvalidOperationException(e.Message);

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) =>
        throw new NotSupportedException();
}
