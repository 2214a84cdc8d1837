package dev.culvert.server.visitor;

import dev.culvert.server.visitor.TrustedProxies.Hop;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of X-Forwarded-For from the right, of all its lines, up to the first that is no
 * address.
 */
final class ForwardedForEntries implements Iterator<Hop> {
  private final List<String> lines;
  private int line;
  private int end;
  private @Nullable Hop next;

  ForwardedForEntries(List<String> lines) {
    this.lines = lines;
    this.line = lines.size();
    this.end = -1;
    advance();
  }

  private void advance() {
    next = null;
    if (end < 0) {
      if (line == 0) {
        return;
      }
      line--;
      end = lines.get(line).length();
    }
    String text = lines.get(line);
    int comma = end == 0 ? -1 : text.lastIndexOf(',', end - 1);
    InetAddress address = NodeAddress.parse(text.substring(comma + 1, end).strip());
    end = comma;
    if (address != null) {
      next = new Hop(address, null, null);
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Hop next() {
    Hop hop = next;
    if (hop == null) {
      throw new NoSuchElementException();
    }
    advance();
    return hop;
  }
}
