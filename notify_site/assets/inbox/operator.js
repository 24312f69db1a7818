// The operator's page. Each matter is a module of its own beside this file.
import { startComposer } from "./operator/composer.js";
import { startConversation } from "./operator/conversation.js";
import { startKeys } from "./operator/keys.js";
import { startList } from "./operator/list.js";
import { startLive } from "./operator/live.js";
import { startOutside } from "./operator/outside.js";
import { startPanel } from "./operator/panel.js";
import { startPresence } from "./operator/presence.js";
import { startThread } from "./operator/thread.js";

startList();
startThread();
startComposer();
startPanel();
startOutside();
startPresence();
startKeys();
startConversation();
startLive();
