package dev.culvert.server.acme;

import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names whose certificates may be ordered: the domain, and hosts that are registered now. Any
 * thread.
 */
public final class OwnNames {
  private static final int MAX_CHARS = 253;
  private static final Pattern HOST =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+");

  private final String domain;
  private final Predicate<String> isRegistered;

  /** {@code isRegistered} is asked of host names in lower case, without a port. */
  public OwnNames(String domain, Predicate<String> isRegistered) {
    this.domain = domain.toLowerCase(Locale.ROOT);
    this.isRegistered = isRegistered;
  }

  String domain() {
    return domain;
  }

  /**
   * The names of the certificate that is for {@code host}, which may be anything that a stranger
   * sent; null where there is to be none.
   *
   * @param hasWildcard whether there can be one for all names directly below the domain
   */
  @Nullable List<String> certificateFor(String host, boolean hasWildcard) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.equals(domain)) {
      return hasWildcard ? List.of(domain, "*." + domain) : List.of(domain);
    }
    if (name.length() > MAX_CHARS
        || !HOST.matcher(name).matches()
        || NetUtil.isValidIpV4Address(name)
        || !isRegistered.test(name)) {
      return null;
    }
    return hasWildcard && isDirectlyBelow(name) ? List.of(domain, "*." + domain) : List.of(name);
  }

  private boolean isDirectlyBelow(String name) {
    int dot = name.indexOf('.');
    return name.substring(dot + 1).equals(domain);
  }
}
