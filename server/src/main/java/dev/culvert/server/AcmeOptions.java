package dev.culvert.server;

import dev.culvert.server.acme.AcmeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code culvertd serve} for automatic certificates. */
final class AcmeOptions {
  private static final String HELP = "See culvertd serve --help.";

  @Option(
      names = "--acme",
      paramLabel = "URL",
      description =
          "Orders certificates for the names in use from this ACME directory, or from letsencrypt"
              + " or letsencrypt-staging.")
  private @Nullable String acme;

  @Option(
      names = "--acme-agree-tos",
      description = "Says that you agree to the terms of service of the authority of --acme.")
  private boolean hasAgreed;

  @Option(
      names = "--acme-email",
      paramLabel = "ADDRESS",
      description = "Where the authority may write to.")
  private @Nullable String email;

  @Option(
      names = "--acme-dns-hook",
      paramLabel = "PROGRAM",
      description =
          "Publishes DNS records, for one certificate for --domain and all names below it: called"
              + " with present or cleanup, a name, and a value for its TXT record.")
  private @Nullable Path dnsHook;

  @Option(
      names = "--acme-ca",
      paramLabel = "FILE",
      description = "Whom to trust as the server of --acme (PEM; default: those Java trusts).")
  private @Nullable Path authorities;

  /** Null where there is no {@code --acme}. */
  @Nullable AcmeSettings settings(String domain, @Nullable Path certificate) throws UsageException {
    if (acme == null) {
      if (hasAgreed || email != null || dnsHook != null || authorities != null) {
        throw new UsageException("--acme-... without --acme", "Name the authority with --acme.");
      }
      return null;
    }
    if (!hasAgreed) {
      throw new UsageException(
          "--acme needs --acme-agree-tos",
          "Read the terms of service of the authority, and give --acme-agree-tos if you agree.");
    }
    if (certificate != null) {
      throw new UsageException("--acme and --cert do not go together", "Give one of them.");
    }
    if (!domain.contains(".")) {
      throw new UsageException(
          "--acme cannot get a certificate for " + domain, "Name a public domain with --domain.");
    }
    if (dnsHook != null && !Files.isExecutable(dnsHook)) {
      throw new UsageException(
          "--acme-dns-hook " + dnsHook + ": there is no such program",
          "Name an executable file; what it is called with is in docs/operations.md.");
    }
    try {
      return new AcmeSettings(
          AcmeSettings.directory(acme),
          email,
          authorities,
          dnsHook == null ? null : dnsHook.toAbsolutePath());
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), HELP);
    }
  }
}
