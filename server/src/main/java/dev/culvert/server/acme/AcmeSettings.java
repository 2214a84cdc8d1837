package dev.culvert.server.acme;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where certificates are ordered, by someone who has agreed to the authority's terms of service.
 *
 * @param directory the authority's directory URL
 * @param email where the authority may write to; null for no such address
 * @param authorities the certificates (PEM) by which the authority's own server is trusted; null
 *     for those that Java trusts
 * @param dnsHook the program that publishes DNS records, for a wildcard certificate; null for
 *     certificates of single names
 */
public record AcmeSettings(
    URI directory, @Nullable String email, @Nullable Path authorities, @Nullable Path dnsHook) {

  private static final URI LETS_ENCRYPT =
      URI.create("https://acme-v02.api.letsencrypt.org/directory");
  private static final URI LETS_ENCRYPT_STAGING =
      URI.create("https://acme-staging-v02.api.letsencrypt.org/directory");

  /** Plain HTTP goes to this machine only: the authority's answers decide what we present. */
  public AcmeSettings {
    String host = directory.getHost();
    boolean isLocal = host != null && (host.equals("localhost") || host.startsWith("127."));
    if (host == null
        || !("https".equals(directory.getScheme())
            || ("http".equals(directory.getScheme()) && isLocal))) {
      throw new IllegalArgumentException(
          "ACME directory: " + directory + " (expected: an https:// URL)");
    }
    if (email != null && !email.matches("[^\\s@,?:]+@[^\\s@,?:]+")) {
      throw new IllegalArgumentException("email: " + email + " (expected: name@example.com)");
    }
  }

  /** Reads a directory's URL, or one of the names {@code letsencrypt[-staging]}. */
  public static URI directory(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "letsencrypt" -> LETS_ENCRYPT;
      case "letsencrypt-staging" -> LETS_ENCRYPT_STAGING;
      default -> URI.create(text);
    };
  }

  /** The directory's URL as a part of a path. */
  String fileName() {
    return directory.getRawSchemeSpecificPart().replaceAll("[^A-Za-z0-9.]+", "-").substring(1);
  }
}
