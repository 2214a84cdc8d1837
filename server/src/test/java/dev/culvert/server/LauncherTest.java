package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher that both programs start with, run by sh. Its JDKs are scripts that tell how they
 * were started, and its usual places are below a directory of the test's own.
 */
final class LauncherTest {
  private static final Path TEMPLATE = Path.of("src/main/dist/launcher.sh");

  @TempDir private Path root;
  private Path launcher;
  private final Map<String, String> environment = new HashMap<>();

  /** What came of one start. */
  private record Outcome(int exitCode, String out, String err, long pid) {}

  @BeforeEach
  void installBesideNoJava() throws Exception {
    Path tools = root.resolve("tools");
    script(tools.resolve("readlink"), "#!/bin/sh\nexec %s \"$@\"\n".formatted(tool("readlink")));
    environment.put("PATH", tools.toString());
    environment.put("HOME", root.resolve("nobody").toString());
    launcher = install("app");
  }

  private static Path tool(String name) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private Path install(String directory) throws IOException {
    Path app = root.resolve(directory);
    Files.createDirectories(app.resolve("lib"));
    String script =
        Files.readString(TEMPLATE)
            .replace("@program@", "culvertd")
            .replace("@options@", "CULVERTD_JAVA_OPTS")
            .replace("@jars@", "0123abcd")
            .replace("@jvm@", "-XX:+UseSerialGC")
            .replace("@main@", "app.Main")
            .replace("@class.path@", "$lib/a.jar:$lib/b.jar")
            .replaceAll("(?m)^    (/.*/\\*)", "    " + root + "$1");
    return script(app.resolve("bin/culvertd"), script);
  }

  private static Path script(Path path, String text) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    assertThat(path.toFile().setExecutable(true)).isTrue();
    return path;
  }

  /** Such a JDK prints its own path, its process and, in brackets, its arguments. */
  private Path jdk(String directory, String version) throws IOException {
    Path jdk = root.resolve(directory);
    script(
        jdk.resolve("bin/java"),
        "#!/bin/sh\nprintf '%s\\n' \"$0\" \"pid $$\"\nprintf '[%s]' \"$@\"\n");
    Files.writeString(
        jdk.resolve("release"),
        """
        IMPLEMENTOR="Nobody"
        JAVA_RUNTIME_VERSION="%1$s+9"
        JAVA_VERSION="%1$s"
        OS_NAME="Linux"
        """
            .formatted(version));
    return jdk;
  }

  private Outcome start(Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.resolve("tools").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Path err = root.resolve("err");
    Process process = builder.redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), out, Files.readString(err), process.pid());
  }

  @Test
  void missingJavaIsSaidWithItsRemedy() throws Exception {
    Outcome outcome = start(launcher, "serve");

    assertThat(outcome.exitCode()).isEqualTo(127);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines())
        .containsExactly(
            "culvertd: Java 25 or newer is needed; found none",
            "  Install a JDK 25 (such as Temurin, from adoptium.net),"
                + " or set JAVA_HOME to where one is.");
  }

  @Test
  void javaThatIsTooOldIsRefusedByName() throws Exception {
    Path old = jdk("jdk-17", "17.0.15");
    Path ancient = jdk("usr/lib/jvm/java-8", "1.8.0_392");
    environment.put("JAVA_HOME", old.toString());

    Outcome outcome = start(launcher, "serve");

    assertThat(outcome.exitCode()).isEqualTo(127);
    assertThat(outcome.err()).contains("found Java 17 in " + old + ", Java 8 in " + ancient);
  }

  @Test
  void javaHomeComesBeforeThePath() throws Exception {
    Path home = jdk("home", "25.0.3");
    Path other = jdk("other", "25.0.3");
    environment.put("JAVA_HOME", home.toString());
    environment.merge("PATH", other + "/bin", (tools, bin) -> bin + ":" + tools);

    assertThat(start(launcher).out()).startsWith(home + "/bin/java\n");
  }

  @Test
  void javaHomeThatIsTooOldIsPassedOver() throws Exception {
    environment.put("JAVA_HOME", jdk("home", "17.0.15").toString());
    Path newer = jdk("newer", "26-ea");
    Path bin = Files.createDirectory(root.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("java"), newer.resolve("bin/java"));
    environment.merge("PATH", bin.toString(), (tools, links) -> links + ":" + tools);

    Outcome outcome = start(launcher);

    assertThat(outcome.out()).startsWith(newer + "/bin/java\n");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void jdksAreFoundInTheUsualPlaces() throws Exception {
    jdk("usr/lib/jvm/a-17", "17.0.15");
    Path usual = jdk("usr/lib/jvm/b-25", "25.0.3");

    assertThat(start(launcher).out()).startsWith(usual + "/bin/java\n");

    Files.delete(usual.resolve("bin/java"));
    environment.put("HOME", root.resolve("with space").toString());
    Path own = jdk("with space/.sdkman/candidates/java/25-tem", "25");
    assertThat(start(launcher).out()).startsWith(own + "/bin/java\n");
  }

  @Test
  void javaThatIsNamedIsTakenOrRefused() throws Exception {
    environment.put("JAVA_HOME", jdk("home", "25.0.3").toString());
    Path named = jdk("named", "25.0.3");
    environment.put("CULVERT_JAVA", named + "/bin/java");
    assertThat(start(launcher).out()).startsWith(named + "/bin/java\n");

    environment.put("CULVERT_JAVA", jdk("old", "21.0.1") + "/bin/java");
    Outcome refused = start(launcher);
    assertThat(refused.exitCode()).isEqualTo(127);
    assertThat(refused.err()).startsWith("culvertd: CULVERT_JAVA is " + root + "/old/bin/java");
  }

  @Test
  void jdkWithoutReleaseFileIsAsked() throws Exception {
    Path silent = jdk("silent", "25");
    Files.delete(silent.resolve("release"));
    script(
        silent.resolve("bin/java"),
        "#!/bin/sh\necho 'Picked up something' >&2\necho 'openjdk version \"25.0.3\" 2026' >&2\n");
    environment.put("JAVA_HOME", silent.toString());

    assertThat(start(launcher, "--print-java").out()).isEqualTo(silent + "/bin/java\n");
  }

  @Test
  void linksAndSpacesDoNotMatter() throws Exception {
    environment.put("JAVA_HOME", jdk("a jdk", "25.0.3").toString());
    Path spaced = install("an app");
    Path link = Files.createSymbolicLink(root.resolve("link"), Path.of("an app", "again"));
    Files.createSymbolicLink(root.resolve("an app/again"), spaced);

    Outcome outcome = start(link, "serve", "--domain", "a b", "*");

    String lib = root.toRealPath() + "/an app/lib";
    assertThat(outcome.out())
        .endsWith("[-cp][" + lib + "/a.jar:" + lib + "/b.jar][app.Main][serve][--domain][a b][*]")
        .contains("[-Djava.library.path=" + lib + "/native]");
  }

  @Test
  void optionsOfTheUserComeLast() throws Exception {
    environment.put("JAVA_HOME", jdk("home", "25.0.3").toString());
    environment.put("CULVERTD_JAVA_OPTS", "-Xmx64m -Da=b");

    assertThat(start(launcher).out()).contains("[-Xmx64m][-Da=b][-cp]");
  }

  @Test
  void cacheIsUsedWhereThereIsOneOfThatJdk() throws Exception {
    environment.put("JAVA_HOME", jdk("home", "25.0.3").toString());
    Path cache = root.toRealPath().resolve("app/lib/culvertd-0123abcd-25.0.3+9.aot");
    assertThat(start(launcher, "--print-cache").out()).isEqualTo(cache + "\n");
    assertThat(start(launcher).out()).doesNotContain("AOTCache");

    Files.createFile(cache);
    assertThat(start(launcher).out()).contains("[-XX:AOTCache=" + cache + "]");

    environment.put("JAVA_HOME", jdk("other", "25.0.4").toString());
    assertThat(start(launcher).out()).doesNotContain("AOTCache");
  }

  @Test
  void launcherBecomesTheJvm() throws Exception {
    environment.put("JAVA_HOME", jdk("home", "25.0.3").toString());

    Outcome outcome = start(launcher);

    assertThat(outcome.out()).contains("\npid " + outcome.pid() + "\n");
  }
}
