package dev.culvert.bench.secrecy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Searches text for secrets: plain, as URL, base64 or hex, in dumps of bytes, also where only a
 * part of a secret is there, and for what looks like a token or key of anyone.
 *
 * <p>A secret's forms are cut into pieces of {@value #PIECE} characters, and each piece is looked
 * for: so a part of 23 characters is found wherever it begins. A secret of less than {@value
 * #PIECE} characters is not searched for. Not thread-safe.
 */
final class SecretSearch {
  private static final int PIECE = 12;

  /** Eight bytes of a dump, as in {@code 65 79 4a 68 62 47 63 69}. */
  private static final int DUMP_PIECE_BYTES = 8;

  private static final int DUMP_PIECE = 3 * DUMP_PIECE_BYTES - 1;

  private static final Pattern LOOKS =
      Pattern.compile(
          "eyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]{20,}"
              + "|-----BEGIN [A-Z ]*PRIVATE KEY-----"
              + "|(?i:authorization\\W{1,4}(?:basic|bearer)\\s+\\S{8,})");

  private final Map<String, String> pieces = new LinkedHashMap<>();
  private final Map<String, String> dumpPieces = new LinkedHashMap<>();
  private int secrets;

  /** Adds a secret that is text. */
  void addText(String text) {
    if (text.length() >= PIECE) {
      secrets++;
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      cut(text, "plain");
      cut(URLEncoder.encode(text, StandardCharsets.UTF_8), "URL-encoded");
      addEncodings(bytes);
    }
  }

  /** Adds a secret that is bytes. */
  void addBytes(byte[] bytes) {
    if (bytes.length >= PIECE) {
      secrets++;
      addEncodings(bytes);
    }
  }

  private void addEncodings(byte[] bytes) {
    cut(HexFormat.of().formatHex(bytes), "in hex");
    cut(HexFormat.of().withUpperCase().formatHex(bytes), "in hex");
    for (int offset = 0; offset < 3; offset++) {
      byte[] behindOthers = new byte[offset + bytes.length];
      System.arraycopy(bytes, 0, behindOthers, offset, bytes.length);
      String standard = Base64.getEncoder().withoutPadding().encodeToString(behindOthers);
      String own = standard.substring(offset == 0 ? 0 : offset + 1, standard.length() - 1);
      cut(own, "in base64");
      cut(own.replace('+', '-').replace('/', '_'), "in base64");
    }
    for (int i = 0; i + DUMP_PIECE_BYTES <= bytes.length; i++) {
      for (HexFormat format :
          List.of(HexFormat.ofDelimiter(" "), HexFormat.ofDelimiter(" ").withUpperCase())) {
        dumpPieces.put(format.formatHex(bytes, i, i + DUMP_PIECE_BYTES), "in a dump");
      }
    }
  }

  private void cut(String form, String name) {
    for (int i = 0; i + PIECE <= form.length(); i += PIECE) {
      pieces.putIfAbsent(form.substring(i, i + PIECE), name);
    }
  }

  /** How many secrets are searched for. */
  int size() {
    return secrets;
  }

  /** Where {@code content} has a secret: one line each, which does not show it again. */
  List<String> find(String content) {
    List<String> found = new ArrayList<>();
    find(content, pieces, PIECE, found);
    find(content, dumpPieces, DUMP_PIECE, found);
    Matcher looks = LOOKS.matcher(content);
    while (looks.find()) {
      found.add(line(content, looks.start()) + ": looks like a token or key");
    }
    return found;
  }

  /** By a hash that rolls along, for there is much of both. */
  private static void find(
      String content, Map<String, String> pieces, int length, List<String> found) {
    long power = 1;
    for (int i = 1; i < length; i++) {
      power *= 31;
    }
    Map<Long, String> byHash = new LinkedHashMap<>();
    pieces.keySet().forEach(piece -> byHash.put(hash(piece), piece));
    long[] filter = new long[1 << 16];
    byHash.keySet().forEach(hash -> filter[slot(hash)] = 1);
    long hash = 0;
    for (int i = 0; i < content.length(); i++) {
      if (i >= length) {
        hash -= content.charAt(i - length) * power;
      }
      hash = hash * 31 + content.charAt(i);
      if (i + 1 >= length && filter[slot(hash)] != 0) {
        String piece = byHash.get(hash);
        if (piece != null && content.startsWith(piece, i + 1 - length)) {
          found.add(line(content, i) + ": a secret, " + pieces.get(piece));
        }
      }
    }
  }

  private static long hash(String piece) {
    long hash = 0;
    for (int i = 0; i < piece.length(); i++) {
      hash = hash * 31 + piece.charAt(i);
    }
    return hash;
  }

  private static int slot(long hash) {
    return (int) ((hash * 0x9E3779B97F4A7C15L) >>> 48);
  }

  private static String line(String content, int index) {
    return "line " + (1 + content.substring(0, index).chars().filter(c -> c == '\n').count());
  }
}
