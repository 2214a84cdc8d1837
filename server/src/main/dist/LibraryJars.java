import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Build step: rewrites the jars of a directory that the JVM's AOT cache would leave out, which are
 * those with signatures and those with class files older than {@link #OLDEST_CACHED}.
 *
 * <p>Signatures go, and with them a check of every class at its loading. Old class files get the
 * stack maps that later ones have, so that the verifier need not infer them. Other jars stay as they
 * are. The same input gives the same bytes.
 */
final class LibraryJars {
  private static final int OLDEST_CACHED = ClassFile.JAVA_6_VERSION;
  private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private LibraryJars() {}

  public static void main(String[] args) throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
      for (Path jar : jars) {
        rewriteIfNeeded(jar);
      }
    }
  }

  private static void rewriteIfNeeded(Path path) throws IOException {
    FileTime time = Files.getLastModifiedTime(path);
    Path rewritten = path.resolveSibling(path.getFileName() + ".new");
    try (JarFile jar = new JarFile(path.toFile(), false)) {
      if (!isSigned(jar) && !hasOldClasses(jar)) {
        return;
      }
      try (OutputStream out = Files.newOutputStream(rewritten)) {
        rewrite(jar, out);
      }
    }
    Files.setLastModifiedTime(rewritten, time);
    Files.move(rewritten, path, StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean isSigned(JarFile jar) {
    return jar.stream().anyMatch(entry -> SIGNATURE.matcher(entry.getName()).matches());
  }

  private static boolean hasOldClasses(JarFile jar) throws IOException {
    for (JarEntry entry : classes(jar)) {
      try (InputStream in = jar.getInputStream(entry)) {
        if (isOld(in.readNBytes(8))) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<JarEntry> classes(JarFile jar) {
    return jar.stream().filter(entry -> entry.getName().endsWith(".class")).toList();
  }

  private static boolean isOld(byte[] classFile) {
    return classFile[6] == 0 && classFile[7] < OLDEST_CACHED;
  }

  private static void rewrite(JarFile jar, OutputStream to) throws IOException {
    ClassFile format =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(
                        type -> open(jar, type.descriptorString()))
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    try (ZipOutputStream out = new ZipOutputStream(to)) {
      put(out, JarFile.MANIFEST_NAME);
      manifest(jar).write(out);
      for (JarEntry entry : kept(jar)) {
        byte[] content;
        try (InputStream in = jar.getInputStream(entry)) {
          content = in.readAllBytes();
        }
        boolean isOldClass = entry.getName().endsWith(".class") && isOld(content);
        put(out, entry.getName());
        out.write(isOldClass ? raised(format, content) : content);
      }
    }
  }

  private static List<JarEntry> kept(JarFile jar) {
    List<JarEntry> kept = new ArrayList<>();
    for (JarEntry entry : jar.stream().toList()) {
      String name = entry.getName();
      if (!entry.isDirectory()
          && !name.equals(JarFile.MANIFEST_NAME)
          && !SIGNATURE.matcher(name).matches()) {
        kept.add(entry);
      }
    }
    return kept;
  }

  private static Manifest manifest(JarFile jar) throws IOException {
    Manifest manifest = jar.getManifest();
    manifest.getEntries().clear(); // digests of the entries
    manifest
        .getMainAttributes()
        .put(
            new Attributes.Name("Changed-By-Culvert"),
            "signatures removed, class files older than Java 6 raised to Java 8");
    return manifest;
  }

  /** Leaves alone a class of which an ancestor is missing: it cannot be loaded either. */
  private static byte[] raised(ClassFile format, byte[] classFile) {
    ClassModel old = format.parse(classFile);
    try {
      return format.transformClass(
          old,
          ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
              .andThen(
                  ClassTransform.endHandler(
                      type -> type.withVersion(ClassFile.JAVA_8_VERSION, 0))));
    } catch (IllegalArgumentException e) {
      return classFile;
    }
  }

  private static InputStream open(JarFile jar, String descriptor) {
    JarEntry entry = jar.getJarEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(ZipOutputStream out, String name) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(ENTRY_TIME);
    out.putNextEntry(entry);
  }
}
