namespace Mdf.Models.Simd;

/// <summary>Computes a strip of columns of one image by the stages of a <see cref="StreamedNetwork"/>.</summary>
internal sealed class StreamedRun : IDisposable
{
    // Rows that a stage computes at once: two rows of Winograd tiles.
    private const int Band = 8;

    private readonly StreamedStage[] stages;
    private readonly int[] zooms;
    private readonly FeatureMap image;
    private readonly FeatureMap result;
    private readonly int height;
    private readonly int width;

    // Columns of each value that are computed.
    private readonly (int Begin, int End)[] columns;
    private readonly RowBuffer?[] values;
    private readonly int[] producers;

    // Next row of each stage, in rows of its convolution.
    private readonly int[] next;

    /// <summary>Prepares the computation of some columns of an image.</summary>
    /// <param name="stages">The stages.</param>
    /// <param name="zooms">Size of each value relative to the image.</param>
    /// <param name="image">The image with the zero padding of the first stage.</param>
    /// <param name="result">The whole result.</param>
    /// <param name="begin">First column, in columns of the image.</param>
    /// <param name="end">Index after the last column.</param>
    public StreamedRun(StreamedStage[] stages, int[] zooms, FeatureMap image, FeatureMap result, int begin, int end)
    {
        (this.stages, this.zooms, this.image, this.result) = (stages, zooms, image, result);
        int margin = 2 * stages[0].Padding;
        (height, width) = (image.Rows - margin, image.Columns - margin);
        columns = [.. Enumerable.Repeat((int.MaxValue, int.MinValue), zooms.Length)];
        values = new RowBuffer?[zooms.Length];
        producers = new int[zooms.Length];
        next = new int[stages.Length];
        StreamedStage last = stages[^1];
        columns[last.Output] = (begin * zooms[last.Output], end * zooms[last.Output]);
        for (int i = stages.Length - 1; i >= 0; i--)
        {
            (StreamedStage stage, (int from, int to)) = (stages[i], columns[stages[i].Output]);
            columns[stage.Output] = (from, to) = (from / stage.Shuffle * stage.Shuffle, Multiple(to, stage.Shuffle));
            producers[stage.Output] = i;
            Need(stage.Input, (from / stage.Shuffle) - stage.Padding, (to / stage.Shuffle) + stage.Padding);
            if (stage.Earlier >= 0)
            {
                Need(stage.Earlier, from, to);
            }
        }

        foreach (StreamedStage stage in stages[..^1])
        {
            values[stage.Output] = new RowBuffer(columns[stage.Output].End - columns[stage.Output].Begin, stage.Outputs);
        }

        static int Multiple(int number, int of) => (number + of - 1) / of * of;

        void Need(int value, int from, int to) => columns[value] = (
            Math.Max(0, Math.Min(columns[value].Begin, from)), Math.Min(width * zooms[value], Math.Max(columns[value].End, to)));
    }

    /// <summary>Computes all rows.</summary>
    /// <param name="report">Receives the fraction that was done since the last report.</param>
    /// <param name="cancellation">Cancels the computation between two bands.</param>
    public void Run(Action<double> report, CancellationToken cancellation)
    {
        int rows = height * zooms[stages[^1].Input];
        for (int row = 0; row < rows; row += Band)
        {
            cancellation.ThrowIfCancellationRequested();
            int end = Math.Min(row + Band, rows);
            Advance(stages.Length - 1, end);
            report((double)(end - row) / rows);
        }
    }

    public void Dispose()
    {
        foreach (RowBuffer? value in values)
        {
            value?.Dispose();
        }
    }

    // Computes the rows of a stage's convolution before the given one.
    private void Advance(int index, int until)
    {
        StreamedStage stage = stages[index];
        int rows = height * zooms[stage.Input];
        while (next[index] < until)
        {
            int begin = next[index], end = Math.Min(begin + Band, rows);
            int from = Math.Max(0, begin - stage.Padding), to = Math.Min(end + stage.Padding, rows);
            if (!stage.IsFirst)
            {
                Require(stage.Input, to);
            }

            if (stage.Earlier >= 0)
            {
                Require(stage.Earlier, end);
            }

            Compute(stage, begin, end, from, to, rows);
            next[index] = end;
        }
    }

    private void Require(int value, int rows)
    {
        int producer = producers[value], shuffle = stages[producer].Shuffle;
        Advance(producer, (rows + shuffle - 1) / shuffle);
    }

    private unsafe void Compute(StreamedStage stage, int begin, int end, int from, int to, int rows)
    {
        (int left, int right) = columns[stage.Output];
        (int seenLeft, int seenRight) = ((left / stage.Shuffle) - stage.Padding, (right / stage.Shuffle) + stage.Padding);
        FeatureMap source;
        Margins margins = default;
        if (stage.IsFirst)
        {
            // The image has its padding around it.
            source = image.Part(begin, left, end - begin + (2 * stage.Padding), right - left + (2 * stage.Padding));
        }
        else
        {
            (int there, int thereEnd) = columns[stage.Input];
            int first = Math.Max(seenLeft, there), last = Math.Min(seenRight, thereEnd);
            source = values[stage.Input]!.Rows(from, to - from).Part(0, first - there, to - from, last - first);
            margins = new Margins(
                Math.Max(0, stage.Padding - begin), first - seenLeft, Math.Max(0, end + stage.Padding - rows), seenRight - last);
        }

        FeatureMap target;
        if (stage.IsLast)
        {
            target = result.Part(begin, left, end - begin, right - left);
        }
        else
        {
            int targetRows = (end - begin) * stage.Shuffle;
            target = new FeatureMap(
                values[stage.Output]!.Append(targetRows, FirstRead(stage.Output)), targetRows, right - left, stage.Outputs);
        }

        FeatureMap earlier = default;
        if (stage.Earlier >= 0)
        {
            FeatureMap all = values[stage.Earlier]!.Rows(begin, end - begin);
            earlier = all.Part(0, left - columns[stage.Earlier].Begin, all.Rows, right - left);
        }

        stage.Run(source, margins, target, earlier);
    }

    // Returns the first row of a value that a stage still reads.
    private int FirstRead(int value)
    {
        int first = int.MaxValue;
        for (int i = 0; i < stages.Length; i++)
        {
            if (stages[i].Input == value)
            {
                first = Math.Min(first, next[i] - stages[i].Padding);
            }

            if (stages[i].Earlier == value)
            {
                first = Math.Min(first, next[i]);
            }
        }

        return Math.Max(0, first);
    }
}
