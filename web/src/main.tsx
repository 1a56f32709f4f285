import './app.css';
import { createRoot } from 'react-dom/client';

createRoot(document.getElementById('app')!).render(<h1>LLM Proxy</h1>);
