// Where the dashboard starts.
import "./styles/tokens.css";
import "./styles/app.css";
import "./app.ts";
import { followLooks } from "./parts/looks.ts";

followLooks();
