using Microsoft.Playwright;

namespace Mdf.Testing.Browser;

/// <summary>An opened page with its console errors and requests.</summary>
public sealed class OpenedPage
{
    private readonly List<string> complaints = [];
    private readonly List<string> requests = [];

    public OpenedPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) => requests.Add(request.Url);
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints => complaints;

    /// <summary>Requests to other places than the page itself.</summary>
    public IEnumerable<string> Requests => requests.Skip(1).Where(r => !r.StartsWith("data:", StringComparison.Ordinal));

    public Task<T> EvaluateAsync<T>(string script) => Page.EvaluateAsync<T>(script);
}
