package dev.culvert.bench.acme;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a server keeps of its orders in the state directory {@code path}. */
record AcmeState(Path path) {

  /** The files of certificates that were issued. */
  List<Path> issued() throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.exists(path.resolve("certificates"))) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(path.resolve("certificates"))) {
        all.forEach(files::add);
      }
    }
    return files;
  }

  Path issued(String name) {
    return path.resolve("certificates").resolve(name + ".pem");
  }

  /** Where the account and the orders are. */
  Path directory() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(path.resolve("acme"))) {
      return all.iterator().next();
    }
  }

  Path journalFile() throws IOException {
    return directory().resolve("orders.json");
  }

  private JsonObject journal() throws IOException {
    return JsonParser.parseString(Files.readString(journalFile())).getAsJsonObject();
  }

  /** Has the server find something else in its journal, once it is started again. */
  void replaceInJournal(String part, String other) throws IOException {
    Path file = journalFile();
    Files.writeString(file, Files.readString(file).replace(part, other));
  }

  /** The account's URL. */
  String account() throws IOException {
    return journal().get("account").getAsString();
  }

  /** How many orders were made within the last hour. */
  int orders() throws IOException {
    return journal().getAsJsonArray("orders").size();
  }

  /** What is known of the certificate whose first name is {@code host}. */
  JsonObject ticket(String host) throws IOException {
    for (JsonElement one : journal().getAsJsonArray("certificates")) {
      if (one.getAsJsonObject().getAsJsonArray("names").get(0).getAsString().equals(host)) {
        return one.getAsJsonObject();
      }
    }
    throw new AssertionError(host + " is not in " + journal());
  }

  /** The URL of the order under way for {@code host}. */
  String order(String host) throws IOException {
    return ticket(host).get("order").getAsString();
  }
}
