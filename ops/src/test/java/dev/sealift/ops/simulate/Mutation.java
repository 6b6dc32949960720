package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The whole system with one place in its sources changed: the changed class is compiled in memory, and a class loader of its own has it beside all others as they are.
 */
public final class Mutation {
  private final String source;
  private final String from;
  private final String to;

  /**
   * @param source of a class, below the project's folder
   * @param from what stands in it exactly once
   * @param to what stands there instead
   */
  public Mutation(String source, String from, String to) {
    this.source = source;
    this.from = from;
    this.to = to;
  }

  /** The system as it is then. */
  MutatedRuns load() throws Exception {
    return new MutatedRuns(loader());
  }

  /** What has its classes. */
  public ClassLoader loader() throws Exception {
    Path file = Path.of("..").resolve(source);
    String text = Files.readString(file);
    assertThat(text.split(Pattern.quote(from), -1))
        .as("what is to be changed stands once in " + source)
        .hasSize(2);
    Map<String, byte[]> classes = compile(className(), text.replace(from, to));
    return new Loader(classes);
  }

  private String className() {
    return source
        .substring(source.indexOf("/java/") + "/java/".length(), source.length() - ".java".length())
        .replace('/', '.');
  }

  private static Map<String, byte[]> compile(String name, String text) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Map<String, ByteArrayOutputStream> written = new HashMap<>();
    try (JavaFileManager files =
        new InMemory(compiler.getStandardFileManager(null, null, null), written)) {
      boolean compiled = compiler
          .getTask(
              null,
              files,
              null,
              List.of("-proc:none", "-nowarn", "-classpath", System.getProperty("java.class.path")),
              null,
              List.of(new Source(name, text)))
          .call();
      assertThat(compiled).as("the changed source compiles").isTrue();
    }
    Map<String, byte[]> classes = new HashMap<>();
    written.forEach((className, bytes) -> classes.put(className, bytes.toByteArray()));
    return classes;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written;

    InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> written) {
      super(files);
      this.written = written;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("mem:///" + name + ".class"), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          written.put(name, bytes);
          return bytes;
        }
      };
    }
  }

  /** Defines Sealift's classes anew, the changed one among them; all others are the parent's. */
  private static final class Loader extends ClassLoader {
    private static final String OURS = "dev.sealift.";

    private final Map<String, byte[]> changed;

    Loader(Map<String, byte[]> changed) {
      super(Mutation.class.getClassLoader());
      this.changed = changed;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded == null && name.startsWith(OURS)) {
          byte[] bytes = changed.containsKey(name) ? changed.get(name) : original(name);
          loaded = defineClass(name, bytes, 0, bytes.length);
        }
        return loaded == null ? super.loadClass(name, resolve) : loaded;
      }
    }

    private byte[] original(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
