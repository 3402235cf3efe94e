// Restores images with ONNX Runtime alone, by networks that "RestoreImages export" has written.
using System.CommandLine;
using RestoreWithOnnx;

var command = new RootCommand("Restores images with ONNX Runtime alone, by networks that 'RestoreImages export' has written.")
{
    RestoreCommand.Create(),
};
ParseResult parsed = command.Parse(args);
if (parsed.Errors.Count > 0)
{
    // Messages that list the allowed values have one line per value.
    string[] lines = parsed.Errors[0].Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    Console.Error.WriteLine($"{string.Join(' ', lines)} See --help.");
    return 1;
}

return await parsed.InvokeAsync();
