namespace Orchestrator.GitHub;

/// <summary>
/// What a new repository begins with: a folder of the user's below the data folder, or one of two small ones that are built in and run as
/// they stand (node: <c>npm test</c> without any package; react: <c>npm install</c>, <c>npm run dev</c>).
/// </summary>
/// <param name="folder">Where the user's own templates are, a folder each.</param>
sealed class StarterTemplates(string folder)
{
    const string Ignored = "node_modules/\ndist/\n.env\n";

    static readonly Dictionary<string, (string Name, string Text)[]> BuiltIn = new()
    {
        ["node"] =
        [
            (".gitignore", Ignored),
            ("package.json", """
                {
                  "name": "{name}",
                  "version": "0.1.0",
                  "private": true,
                  "type": "module",
                  "scripts": { "start": "node src/index.js", "test": "node --test" },
                  "engines": { "node": ">=20" }
                }

                """),
            ("src/index.js", """
                export function greet(name) {
                  return `Hello, ${name}.`;
                }

                if (process.argv[1] === new URL(import.meta.url).pathname) {
                  console.log(greet(process.argv[2] ?? 'world'));
                }

                """),
            ("test/index.test.js", """
                import assert from 'node:assert/strict';
                import { test } from 'node:test';
                import { greet } from '../src/index.js';

                test('it greets', () => assert.equal(greet('Una'), 'Hello, Una.'));

                """),
        ],
        ["react"] =
        [
            (".gitignore", Ignored),
            ("package.json", """
                {
                  "name": "{name}",
                  "version": "0.1.0",
                  "private": true,
                  "type": "module",
                  "scripts": { "dev": "vite", "build": "vite build", "preview": "vite preview" },
                  "dependencies": { "react": "^19.0.0", "react-dom": "^19.0.0" },
                  "devDependencies": { "@vitejs/plugin-react": "^4.3.0", "vite": "^6.0.0" }
                }

                """),
            ("vite.config.js", """
                import react from '@vitejs/plugin-react';
                import { defineConfig } from 'vite';

                export default defineConfig({ plugins: [react()] });

                """),
            ("index.html", """
                <!doctype html>
                <html lang="en">
                  <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <title>{name}</title>
                  </head>
                  <body>
                    <div id="root"></div>
                    <script type="module" src="/src/main.jsx"></script>
                  </body>
                </html>

                """),
            ("src/main.jsx", """
                import { StrictMode } from 'react';
                import { createRoot } from 'react-dom/client';
                import App from './App.jsx';

                createRoot(document.getElementById('root')).render(
                  <StrictMode>
                    <App />
                  </StrictMode>,
                );

                """),
            ("src/App.jsx", """
                export default function App() {
                  return <h1>{name}</h1>;
                }

                """.Replace("<h1>{name}</h1>", "<h1>{'{name}'}</h1>", StringComparison.Ordinal)),
        ],
    };

    /// <summary>Writes a template's files into a folder that is empty; {name} in a built-in one becomes the repository's name.</summary>
    /// <exception cref="Fault">There is no such template.</exception>
    public void Write(string template, string name, string into)
    {
        if (template.Length is 0 or > 100 || template.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            || template.StartsWith('.'))
            throw Fault.Unprocessable("output.template", $"'{Texts.Short(template)}' is no name of a template.");
        var own = Path.Combine(folder, template);
        if (Directory.Exists(own))
            FirstCommit.Copy(own, into);
        else if (BuiltIn.TryGetValue(template, out var files))
            foreach (var (file, text) in files)
            {
                var path = Path.Combine(into, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text.Replace("{name}", name, StringComparison.Ordinal));
            }
        else
            throw Fault.Unprocessable("output.template", $"there is no template '{template}': make the folder {own}, or use one of "
                + $"{string.Join(", ", BuiltIn.Keys.Order(StringComparer.Ordinal))}.");
    }
}
