// Every command and query registers itself when its module is loaded: doors import this file and have them all.
import '../engines/registry/index.ts';
import './accounts/index.ts';
import './city/index.ts';
import './insurance/index.ts';
import './oversight/index.ts';
import './simulation/index.ts';
