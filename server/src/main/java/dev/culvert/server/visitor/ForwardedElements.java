package dev.culvert.server.visitor;

import dev.culvert.server.visitor.TrustedProxies.Hop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The elements of Forwarded (RFC 7239) from the right, of all its lines, up to the first that names
 * no address. A line that is malformed anywhere has none: a visitor's open quotation mark would
 * swallow what the proxy put behind it.
 */
final class ForwardedElements implements Iterator<Hop> {
  private final List<String> lines;
  private int line;
  private List<@Nullable Hop> elements = List.of();
  private int index;
  private @Nullable Hop next;

  ForwardedElements(List<String> lines) {
    this.lines = lines;
    this.line = lines.size();
    advance();
  }

  private void advance() {
    next = null;
    if (index == 0) {
      if (line == 0) {
        return;
      }
      line--;
      elements = new Line(lines.get(line)).elements();
      index = elements.size();
      if (index == 0) {
        line = 0;
        return;
      }
    }
    index--;
    next = elements.get(index);
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

  /** One line of the header on its way through the parser. */
  private static final class Line {
    private final String text;
    private int at;

    Line(String text) {
      this.text = text;
    }

    /** Null for an element without an address; empty where the line is malformed. */
    List<@Nullable Hop> elements() {
      List<@Nullable Hop> elements = new ArrayList<>();
      do {
        InetAddress address = null;
        String scheme = null;
        String host = null;
        do {
          skipSpace();
          String name = token().toLowerCase(Locale.ROOT);
          if (name.isEmpty() || !skip('=')) {
            return List.of();
          }
          String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
          if (value == null || value.isEmpty()) {
            return List.of();
          }
          switch (name) {
            case "for" -> address = NodeAddress.parse(value);
            case "proto" -> scheme = TrustedProxies.scheme(value);
            case "host" -> host = TrustedProxies.host(value);
            default -> {}
          }
          skipSpace();
        } while (skip(';'));
        elements.add(address == null ? null : new Hop(address, scheme, host));
      } while (skip(','));
      return at == text.length() ? elements : List.of();
    }

    private void skipSpace() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
        at++;
      }
    }

    private boolean skip(char c) {
      boolean isThere = at < text.length() && text.charAt(at) == c;
      at += isThere ? 1 : 0;
      return isThere;
    }

    /** Also with the colons and brackets that some write without quotes. */
    private String token() {
      int start = at;
      while (at < text.length() && "\",;= \t\\".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    /** Null where it does not end. */
    private @Nullable String quoted() {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          return value.toString();
        }
        if (c == '\\') {
          at++;
          if (at == text.length()) {
            return null;
          }
        }
        value.append(text.charAt(at));
      }
      return null;
    }
  }
}
