using System.Net;

namespace Orchestrator.Tests.Daemon;

/// <summary>
/// What a stranger's page can try against a daemon: everything a browser sends without asking, and everything it asks first. Each try ends
/// as "nothing" or as "read" and what the page got hold of.
/// </summary>
static class ForeignPage
{
    /// <summary>Fewer tries than there are, so that a page whose script broke is noticed.</summary>
    public const int Tries = 50;

    const string Script = """
        const known = {session: 'SESSION', run: 'RUN'}, daemon = 'DAEMON' || location.origin, got = [];
        const order = JSON.stringify({prompt: 'work\n!print broken in', profile: 'fake'});
        const within = (ms, work) => Promise.race([work, new Promise(end => setTimeout(() => end('nothing'), ms))]);
        const tries = [];
        async function ask(path, options) {
          try {
            const answer = await fetch(daemon + path, options), text = await answer.text();
            return answer.type === 'opaque' && text === '' ? 'nothing' : `read ${answer.status} ${text}`;
          } catch { return 'nothing'; }
        }
        for (const path of ['/runs', '/sessions', '/events', `/runs/${known.run}/output`, '/health', '/daemon/status'])
          for (const mode of ['cors', 'no-cors'])
            for (const credentials of ['omit', 'include'])
              tries.push([`GET ${path} ${mode} ${credentials}`, () => ask(path, {mode, credentials})]);
        for (const path of ['/runs', '/sessions', `/sessions/${known.session}/messages`, `/sessions/${known.session}/send`,
            `/sessions/${known.session}/spawn`, `/runs/${known.run}/cancel`])
          for (const [mode, type] of [['cors', 'application/json'], ['cors', 'text/plain'], ['no-cors', 'text/plain']])
            tries.push([`POST ${path} ${mode} ${type}`, () => ask(path, {method: 'POST', mode, credentials: 'include',
              headers: {'Content-Type': type}, body: path === '/runs' ? order : '{"text":"broken in","task":"broken in"}'})]);
        tries.push(['GET with a token', () => ask('/runs', {headers: {Authorization: 'Bearer 0123456789abcdef'}})]);
        tries.push(['DELETE', () => ask(`/messages/${known.session}`, {method: 'DELETE'})]);
        tries.push(['beacon', async () => {
          navigator.sendBeacon(daemon + '/runs', new Blob([order], {type: 'text/plain'}));
          return 'nothing';
        }]);
        for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
          tries.push([`form ${enctype}`, () => new Promise(end => {
            const frame = document.createElement('iframe'), form = document.createElement('form'), input = document.createElement('input');
            frame.name = 'frame' + tries.length + enctype;
            Object.assign(form, {method: 'post', action: daemon + '/runs', enctype, target: frame.name});
            // As plain text this is JSON: {"prompt":…,"title":"="}.
            input.name = order.slice(0, -1) + ',"title":"';
            input.value = '"}';
            form.append(input);
            document.body.append(frame, form);
            frame.onload = () => { try { end('read ' + frame.contentDocument.body.textContent); } catch { end('nothing'); } };
            form.submit();
          })]);
        for (const path of ['/runs', '/events', '/health'])
          for (const tag of ['img', 'script', 'iframe'])
            tries.push([`${tag} ${path}`, () => new Promise(end => {
              const element = document.createElement(tag);
              element.onerror = () => end('nothing');
              document.body.append(element);
              element.onload = () => {
                try { end(tag === 'iframe' ? 'read ' + element.contentDocument.body.textContent : 'read something'); }
                catch { end('nothing'); }
              };
              element.src = daemon + path;
            })]);
        for (const withCredentials of [false, true])
          tries.push([`events ${withCredentials}`, () => new Promise(end => {
            const events = new EventSource(daemon + '/stream?after=0', {withCredentials});
            events.onopen = events.onmessage = () => { events.close(); end('read the stream'); };
            events.onerror = () => { events.close(); end('nothing'); };
          })]);
        tries.push(['socket', () => new Promise(end => {
          const socket = new WebSocket(daemon.replace('http', 'ws') + '/stream?after=0');
          socket.onopen = socket.onmessage = () => end('read the socket');
          socket.onerror = () => end('nothing');
        })]);
        tries.push(['without an origin', () => new Promise(end => {
          const frame = document.createElement('iframe');
          frame.sandbox = 'allow-scripts allow-forms';
          window.onmessage = message => end(message.data);
          frame.srcdoc = `<script>(async () => {
            let seen = 'nothing';
            for (const mode of ['cors', 'no-cors']) {
              try { await fetch('${daemon}/runs', {method: 'POST', mode, body: ${JSON.stringify(order)}}).then(a => a.text())
                .then(text => { if (text) seen = 'read ' + text; }); } catch { }
              try { await fetch('${daemon}/runs', {mode}).then(a => a.text())
                .then(text => { if (text) seen = 'read ' + text; }); } catch { }
            }
            parent.postMessage(seen, '*');
          })()<\/script>`;
          document.body.append(frame);
        })]);
        (async () => {
          for (const [name, attempt] of tries) got.push(`${name}: ${await within(8000, attempt())}`);
          document.getElementById('got').textContent = got.concat('end').join('\n');
          await fetch('/done', {method: 'POST'});
        })();
        """;

    /// <summary>The page.</summary>
    /// <param name="daemon">Address of the daemon; empty for the page's own origin.</param>
    /// <param name="session">An id it is supposed to have guessed.</param>
    /// <param name="run">Likewise.</param>
    public static string Of(string daemon, string session, string run)
    {
        var script = Script.Replace("DAEMON", daemon, StringComparison.Ordinal).Replace("SESSION", session, StringComparison.Ordinal)
            .Replace("RUN", run, StringComparison.Ordinal);
        return $"<!doctype html><title>Kittens</title><body><img src='/hold' hidden><pre id=\"got\"></pre><script>{script}</script>";
    }

    /// <summary>What it got: one line each, "name: nothing" or "name: read …".</summary>
    public static IReadOnlyList<string> Got(string dom)
    {
        var begin = dom.IndexOf("<pre id=\"got\">", StringComparison.Ordinal);
        Assert.True(begin >= 0, dom);
        begin += "<pre id=\"got\">".Length;
        var lines = WebUtility.HtmlDecode(dom[begin..dom.IndexOf("</pre>", begin, StringComparison.Ordinal)]).Split('\n');
        Assert.True(lines is [.., "end"] && lines.Length > Tries, string.Join('\n', lines));
        return lines[..^1];
    }
}
