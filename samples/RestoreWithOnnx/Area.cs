namespace RestoreWithOnnx;

/// <summary>A rectangle of a picture.</summary>
/// <param name="Row">First row.</param>
/// <param name="Column">First column.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
internal readonly record struct Area(int Row, int Column, int Rows, int Columns);
