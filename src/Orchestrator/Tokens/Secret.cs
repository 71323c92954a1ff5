using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Tokens;

/// <summary>What only its bearer knows; we keep its hash and forget it.</summary>
static class Secret
{
    /// <summary>256 random bits behind a word by which a scanner of leaked secrets knows them.</summary>
    public static string New() => "agt_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>How a secret is stored and looked up: SHA-256 in hex. Enough, because what is hashed is random and long.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Compares two hashes in a time that says nothing about where they differ.</summary>
    public static bool Same(string hash, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(other));
}
