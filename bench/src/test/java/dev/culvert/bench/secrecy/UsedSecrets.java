package dev.culvert.bench.secrecy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The secrets of a run: those that tests told of, and those in the files that they left. What
 * answers an authority's challenge is none: the listeners and the DNS show it to everyone.
 *
 * @param texts what tests told of: tokens, instance secrets
 * @param instances what clients keep to be known again
 * @param keyTexts the private parts of keysets, as they stand in their files
 * @param keyNumbers the private numbers of keys
 * @param keyFiles the files that those were found in
 * @param issued the ids of all tokens that a registry holds
 */
record UsedSecrets(
    Set<String> texts,
    Set<String> instances,
    Set<String> keyTexts,
    Set<BigInteger> keyNumbers,
    Set<String> keyFiles,
    Set<String> issued) {
  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final Pattern KEYSET_VALUE = Pattern.compile("\"value\"\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern TOKEN_ID = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"");
  private static final long MAX_FILE_BYTES = 1 << 20;

  /** The secrets of the run whose output is in {@code directories}. */
  static UsedSecrets of(List<Path> directories) throws IOException {
    UsedSecrets secrets =
        new UsedSecrets(
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new TreeSet<>(),
            new TreeSet<>());
    for (Path directory : directories) {
      secrets.addAll(directory);
    }
    return secrets;
  }

  private void addAll(Path directory) throws IOException {
    for (String line : Files.readAllLines(FinestOutput.used(directory))) {
      texts.add(new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8));
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(FinestOutput.files(directory))) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      if (Files.size(file) <= MAX_FILE_BYTES) {
        addFrom(file, Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
  }

  private void addFrom(Path file, String content) {
    Matcher keys = PRIVATE_KEY.matcher(content);
    while (keys.find()) {
      keyNumbers.addAll(numbers(Base64.getMimeDecoder().decode(keys.group(1))));
      keyFiles.add(file.toString());
    }
    String name = String.valueOf(file.getFileName());
    if (name.equals("token-keyset.json")) {
      KEYSET_VALUE.matcher(content).results().forEach(value -> keyTexts.add(value.group(1)));
    } else if (name.equals("tokens.json")) {
      TOKEN_ID.matcher(content).results().forEach(id -> issued.add(id.group(1)));
    } else if (file.toString().contains("/instances/") && content.matches("[0-9a-f]{32}\\n")) {
      instances.add(content.strip());
    }
  }

  private static List<BigInteger> numbers(byte[] pkcs8) {
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(pkcs8);
    try {
      return List.of(((ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(encoded)).getS());
    } catch (GeneralSecurityException e) {
      try {
        RSAPrivateCrtKey key =
            (RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(encoded);
        return List.of(key.getPrivateExponent(), key.getPrimeP(), key.getPrimeQ());
      } catch (GeneralSecurityException neither) {
        throw new IllegalStateException("a private key that is neither EC nor RSA", neither);
      }
    }
  }

  /** The ids of the tokens that tests told of. */
  Set<String> toldTokenIds() {
    Set<String> ids = new TreeSet<>();
    Pattern id = Pattern.compile("\"jti\"\\s*:\\s*\"([^\"]+)\"");
    for (String text : texts) {
      if (isToken(text)) {
        byte[] claims = Base64.getUrlDecoder().decode(text.split("\\.", -1)[1]);
        Matcher matcher = id.matcher(new String(claims, StandardCharsets.UTF_8));
        if (matcher.find()) {
          ids.add(matcher.group(1));
        }
      }
    }
    return ids;
  }

  /** What to search for. */
  SecretSearch search() {
    SecretSearch search = new SecretSearch();
    for (String text : texts) {
      search.addText(isToken(text) ? text.substring(text.lastIndexOf('.') + 1) : text);
    }
    instances.forEach(search::addText);
    keyTexts.forEach(search::addText);
    for (BigInteger number : keyNumbers) {
      search.addBytes(number.toByteArray());
      search.addText(number.toString());
    }
    return search;
  }

  /** A token of ours; what it claims is no secret, its signature is. */
  private static boolean isToken(String text) {
    return text.startsWith("eyJ") && text.split("\\.", -1).length == 3;
  }
}
