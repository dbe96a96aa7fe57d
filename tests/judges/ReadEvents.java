// Reads lines of {"type": envelope, …} on standard input by the generated models, and writes them by these again.
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import events.Converter;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;

class ReadEvents {
    public static void main(String[] arguments) throws Exception {
        var times = new SimpleModule().addSerializer(OffsetDateTime.class, ToStringSerializer.instance);
        var writer = new ObjectMapper().registerModule(times);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = lines.readLine()) != null; )
            out.println(writer.writeValueAsString(Converter.fromJsonString(line)));
    }
}
